"""The domain in the middle: values that know neither wire nor accounts.

A `Request` is what a message asks, in words of the business; a `Decision` is what is answered, with a `Reason`. `Money` is an
integer of minor units with its currency; a `Posting` is one move of money on one account. Nothing here has behaviour beyond
its own meaning, and nothing here is ever a float.
"""
