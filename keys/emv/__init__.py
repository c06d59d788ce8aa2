"""EMV: how a card's keys are derived, its cryptograms made and answered, and which version does it how.

`derive` makes keys from keys, `cryptogram` makes ARQC and ARPC from keys and bytes, `iad` reads what a card tells its
issuer beside them, `profiles` says for each cryptogram version number which of them apply and over which tags, and
`scripts` makes commands to the card. Offline, `rsa` signs and recovers, `certificates` bind a card's key to its issuer's and
that to the scheme's, and `offline` has the card's own signatures: static (SDA), dynamic (DDA) and combined (CDA).
"""
