"""What the GPX and TCX readers share: forgiving XML, values in bulk, and samples put together.

``walk`` turns bytes into rows of text, whatever the state of the file; ``values`` turns text into numbers, instants and
sport words; ``channels`` turns columns of text into what was measured; ``samples`` makes an ``Activity`` of it all.
"""
