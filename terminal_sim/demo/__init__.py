"""`pointsman demo`: a switch, its issuer and some terminals in one process, over real TCP; at the end the money is counted.

- `customers` are the people who pay: each has a published test card, an account and a terminal that they go to;
- `scenes` are the purchases that are always shown, each with the answer that must come;
- `traffic` draws the mixed purchases that follow;
- `run` puts it all together, `verdict` counts the money, `report` draws the end.
"""
