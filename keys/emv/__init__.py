"""EMV: how a card's keys are derived, its cryptograms made and answered, and which version does it how.

`derive` makes keys from keys, `cryptogram` makes ARQC and ARPC from keys and bytes, `iad` reads what a card tells its
issuer beside them, `profiles` says for each cryptogram version number which of them apply and over which tags, and
`scripts` makes commands to the card.
"""
