"""Each computation step by step, so that a tester finds where another implementation departs from ours.

- A **step** is a name and a value in clear: a padded message, a block of a chain, a key of one transaction.
- A **working** is the steps of one computation in order, and its **conclusion**: the result, which the primitive itself
  (`keys.mac`, `keys.pinblock`, ...) has given too. Where the two differ nothing is shown: we would explain something else.

Keys, PINs and card numbers are shown in clear, because they are a tester's own: this is for published and lab keys only.
Nothing here is for the switch, but `neighbours`, which says what a wrong MAC would have matched.
"""
