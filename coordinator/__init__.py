"""
An event bus for co-ordinating investigations of suspected people trafficking.

New Zealand's agencies publish and consume typed events; who may say what, who
learns of it and who owes what by when is a protocol kept as data, and the bus
enforces it. Layers import downwards only: events, contacts, protocol, topics,
then the runtimes, the agents and the console, and bootstrap and the command
line on top.

Source: item 23 of the Plan of Action to Prevent People Trafficking.
"""
