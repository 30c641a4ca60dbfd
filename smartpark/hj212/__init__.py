"""HJ 212, the language of data loggers: bytes in and values out, in the editions of 2005, 2017 and 2025; pure.

``framing`` finds frames in a stream, ``frame`` opens one, ``head`` reads what stands before CP, ``content`` CP itself,
``times`` its instants, ``encode`` writes all of it, ``commands`` says what each command is, ``cipher`` is SM4 of the 2025
edition, ``checksum`` the check.
"""
