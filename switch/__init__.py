"""Pointsman's switch: from bytes on a link to a decision in the journal, and back.

The words of this package:

- a *link* is a party from the configuration (an acquirer, an issuer); a *connection* is one TCP connection of it;
- a *machine* is a synchronous core: `handle(event, now)` returns commands, `next_deadline()` says when it wants to be woken;
- an *exchange* is one request and its one answer; a *transaction* may span several exchanges (a purchase and its reversal);
- a *record* is what the journal keeps; `apply(record)` is the only code that changes durable state;
- the *shell* is the only part that knows Trio; everything else is pure.

`wire` reads and writes messages, `domain` holds the values in the middle, `issuer` decides, `ledger` seals and adds up,
`core` is the machine itself, `store` and `shell` carry it, `app` composes them.
"""
