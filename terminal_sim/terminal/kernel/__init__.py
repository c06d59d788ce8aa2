"""The EMV kernels of a terminal: the contact flow and the contactless one. They talk to a card only by APDUs.

- a *turn* is one command and its response; a `CardReader` keeps them for `--explain`;
- the *TVR* collects what went wrong or was not done, bit by bit, for the issuer to judge;
- *contact* reads the chip, has it make an ARQC, and completes with the issuer's answer; *contactless* is one tap.
"""
