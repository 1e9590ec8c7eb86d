"""Drives a shell with the official Python Socket.IO client, by PROTOCOL alone; prints what the shell answered.

usage: drive.py URL TOKEN
"""

import re
import sys
import threading

import socketio

url, token = sys.argv[1:]
client = socketio.Client(reconnection=False)
seen = bytearray()
answered = threading.Event()


@client.on("terminal:output")
def output(frame):
    seen.extend(frame["data"])
    if re.search(rb"answer 42\b", seen):
        answered.set()


client.connect(url, headers={"Authorization": f"Bearer {token}"}, transports=["websocket"])
ready = client.call("session:init", {"client": {"name": "python"}}, timeout=5)
created = client.call("terminal:create", {"cols": 80, "rows": 24}, timeout=5)
assert created["ok"], created
terminal = created["terminalId"]
typed = client.call("terminal:input", {"terminalId": terminal, "data": b"echo answer $((6*7))\r"}, timeout=5)
assert typed == {"ok": True, "terminalId": terminal, "bytes": 21}, typed
assert answered.wait(10), seen
refused = client.call("terminal:input", {"terminalId": "t1", "data": "x"}, timeout=5)
assert refused["ok"] is False and refused["error"]["code"] == "not_found", refused
closed = client.call("terminal:close", {"terminalId": terminal}, timeout=5)
assert closed["ok"], closed
client.disconnect()
print("answer 42")
