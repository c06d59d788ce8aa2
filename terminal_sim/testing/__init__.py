"""What Pointsman gives to the tests of others: generators of messages that are right, and of messages wrong in one named way.

`strategies` needs Hypothesis, which comes with `pip install pointsman[test]`; nothing else of Pointsman imports this package.
"""
