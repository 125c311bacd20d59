"""Runs a command on a pseudo-terminal and answers its questions. Reads {argv, steps} as JSON from standard input; a step
waits for a text and then sends keys or a signal. Prints {status, output} as JSON."""
import json
import os
import pty
import select
import signal
import sys
import time

task = json.load(sys.stdin)
pid, terminal = pty.fork()
if pid == 0:
    os.execv(task["argv"][0], task["argv"])

steps = list(task["steps"])
output = ""
unread = ""
deadline = time.monotonic() + 30
while time.monotonic() < deadline:
    if not select.select([terminal], [], [], 0.1)[0]:
        continue
    try:
        chunk = os.read(terminal, 65536).decode("utf8", "replace")
    except OSError:
        break  # the command has ended
    if chunk == "":
        break
    output += chunk
    unread += chunk
    while steps and steps[0]["expect"] in unread:
        step = steps.pop(0)
        unread = unread.split(step["expect"], 1)[1]
        if "signal" in step:
            os.kill(pid, getattr(signal, step["signal"]))
        elif "send" in step:
            os.write(terminal, step["send"].encode())
else:
    os.kill(pid, signal.SIGKILL)

_, status = os.waitpid(pid, 0)
print(json.dumps({"status": os.waitstatus_to_exitcode(status), "output": output, "left": len(steps)}))
