"""Answers every request on SCORE_OPS_LISTEN with 200: a workload in Python for the runner's tests."""

import os
import signal
import socket
import sys

# Installed by set-up where the interpreter of the clone finds it.
import larder_contract

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
with socket.socket(socket.AF_UNIX) as server:
    server.bind(os.environ["SCORE_OPS_LISTEN"].removeprefix("unix:"))
    server.listen()
    print(f'{{"message":"hello from Python","contract":"{larder_contract.__name__}"}}')
    while True:
        connection, _ = server.accept()
        with connection:
            connection.recv(1024)
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
