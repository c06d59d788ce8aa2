"""Key blocks: keys that travel and rest bound to what they may do (ANSI X9.143, TR-31; ISO 20038 for version E).

- A **key block** is text: a *header* that says what the key is for, *optional blocks* with more about it, the key
  enciphered, and a MAC over all of it, so that no attribute can be changed.
- A **KBPK** is the key block protection key; an enciphering key and a MAC key are derived from it for each version.
- The **version** says how: ``B`` (TDES) and ``D`` (AES in CBC) are today's, ``E`` (AES in counter mode) is ISO 20038's,
  ``A`` and ``C`` (variants of a TDES key, a MAC of four bytes) are of the past and only read, when asked for by name.
- ``parse`` and ``print`` are for headers (`header`); `block` has ``wrap`` and ``unwrap``, and derives the keys.

Which KBPK may protect which key, and which key may leave at all, is policy and not here.
"""
