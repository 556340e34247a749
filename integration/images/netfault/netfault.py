"""Listens on many ports, each with one fault that a network, a forwarder or the wrong server shows.

FAULTS="NAME=PORT[,PORT] ..." netfault.py      listens on 127.0.0.1
netfault.py --list                      the names

It shares the network of the host: a port forwarder in between would accept what nobody accepts here and
would turn a reset into an orderly end.
"""

import os
import socket
import struct
import sys
import threading
import time

SSH_VERSION = b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"
TLS_HANDSHAKE_FAILURE = bytes.fromhex("15030300020228")
ADDRESS = "127.0.0.1"
PORTS_FILE = "/run/lab/ports"  # what the health check looks at
RETRY_AFTER = 0.05  # seconds, when a full machine lets accept fail
held = []  # connections that stay open until the client goes


def name_list(*names):
    text = ",".join(names).encode()
    return struct.pack(">I", len(text)) + text


def kexinit():
    """A KEXINIT packet of a present-day server (RFC 4253 section 7.1)."""
    lists = [
        ("curve25519-sha256", "ecdh-sha2-nistp256"),
        ("ssh-ed25519", "rsa-sha2-512", "rsa-sha2-256"),
        *[("aes128-ctr", "aes256-ctr", "aes128-gcm@openssh.com")] * 2,
        *[("hmac-sha2-256", "hmac-sha2-256-etm@openssh.com")] * 2,
        *[("none",)] * 2,
        *[()] * 2,
    ]
    payload = b"\x14" + bytes(16) + b"".join(name_list(*names) for names in lists) + bytes(5)
    padding = 8 - (len(payload) + 5) % 8 + 8
    return struct.pack(">IB", len(payload) + padding + 1, padding) + payload + bytes(padding)


def hold(client):
    held.append(client)


def close(client):
    client.close()


def reset(client):
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def say(text, then=hold, after=0):
    def speak(client):
        time.sleep(after)
        client.sendall(text)
        then(client)

    return speak


def answer(greeting, *replies, then=hold):
    """Greets, then gives one reply to each line of the client."""

    def talk(client):
        client.sendall(greeting)
        lines = client.makefile("rb")
        for reply in replies:
            if not lines.readline():
                break
            client.sendall(reply)
        then(client)

    return talk


def repeat(start, text, pause):
    def speak(client):
        client.sendall(start)
        while True:
            client.sendall(text)
            time.sleep(pause)

    return speak


def in_turn(*texts, pause):
    def speak(client):
        for text in texts:
            client.sendall(text)
            time.sleep(pause)
        hold(client)

    return speak


def await_then(text, then):
    def speak(client):
        client.recv(1024)
        client.sendall(text)
        then(client)

    return speak


def ftp_session(client):
    """A login that works, with a passive reply that never comes."""
    replies = {b"USER": b"331 password\r\n", b"PASS": b"230 in\r\n", b"PWD": b'257 "/"\r\n', b"TYPE": b"200 ok\r\n",
               b"FEAT": b"211 none\r\n", b"SYST": b"215 UNIX Type: L8\r\n", b"QUIT": b"221 bye\r\n"}
    client.sendall(b"220 ready\r\n")
    for line in client.makefile("rb"):
        command = line.split(maxsplit=1)[0].upper() if line.strip() else b""
        if command in (b"PASV", b"EPSV"):
            continue
        client.sendall(replies.get(command, b"502 not here\r\n"))
    client.close()


FAULTS = {
    "silent": hold,
    "close": close,
    "reset": reset,
    "zero-bytes": say(bytes(64), then=close),
    "garbage": say(b"A" * 1000),
    "ftp-421": say(b"421 Service not available, closing control connection.\r\n", then=close),
    "ftp-530": say(b"530 Too many connections from your address.\r\n", then=close),
    "ftp-120": say(b"120 Service ready in 5 minutes.\r\n"),
    "ftp-120-then-220": in_turn(b"120 Service ready in a moment.\r\n", b"220 ready\r\n", pause=1),
    "ftp-220-then-silent": say(b"220 ready\r\n"),
    "ftp-220-then-reset": answer(b"220 ready\r\n", b"", then=reset),
    "ftp-slow-220": say(b"220 late\r\n", after=3),
    "ftp-user-then-close": answer(b"220 ready\r\n", b"", then=close),
    "ftp-pass-then-close": answer(b"220 ready\r\n", b"331 password\r\n", b"", then=close),
    "ftp-pass-then-silent": answer(b"220 ready\r\n", b"331 password\r\n"),
    "ftp-passive-silent": ftp_session,
    "ftp-auth-then-silent": answer(b"220 ready\r\n", b"234 go ahead\r\n"),
    "ftp-auth-then-close": answer(b"220 ready\r\n", b"234 go ahead\r\n", then=close),
    "ftp-endless-banner": repeat(b"220-welcome\r\n", b"220-and more of it\r\n", 0.0002),
    "ftp-endless-line": repeat(b"220 ", b"x" * 4096, 0.0002),
    "ftp-dribble": repeat(b"220-", b".", 1),
    "ssh-then-close": say(SSH_VERSION, then=close),
    "ssh-then-reset": say(SSH_VERSION, then=reset),
    "ssh-then-silent": say(SSH_VERSION),
    "ssh-kexinit-then-silent": say(SSH_VERSION + kexinit()),
    "ssh-kexinit-then-close": answer(SSH_VERSION + kexinit(), b"", then=close),
    "ssh-1": say(b"SSH-1.5-1.2.27\n"),
    "ssh-endless-banner": repeat(b"", b"notice: read this first\r\n", 0.0002),
    "ssh-not-allowed": say(b"Not allowed at this time\r\n", then=close),
    "smtp": answer(b"220 mail.example.org ESMTP Postfix\r\n", *[b"502 5.5.2 Error: command not recognized\r\n"] * 20),
    "pop3": say(b"+OK POP3 ready\r\n"),
    "telnet": say(bytes.fromhex("fffd18fffd20fffd23fffd27") + b"login: "),
    "http": await_then(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", close),
    "http-at-once": say(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", then=close),
    "tls-alert": await_then(TLS_HANDSHAKE_FAILURE, close),
    "tls-alert-at-once": say(TLS_HANDSHAKE_FAILURE, then=close),
}
DROP = "drop"


def serve_one(fault, client):
    try:
        fault(client)
    except OSError:
        client.close()  # the client went first


def serve(listener, fault):
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            time.sleep(RETRY_AFTER)
            continue
        threading.Thread(target=serve_one, args=(fault, client), daemon=True).start()


def listen(port, backlog):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((ADDRESS, port))
    listener.listen(backlog)
    return listener


def drop(port):
    """With its queue of one taken, Linux leaves a SYN unanswered, which is what a firewall that drops looks like."""
    held.append(listen(port, 0))
    held.append(socket.create_connection((ADDRESS, port)))


def open_port(fault, port):
    if fault == DROP:
        drop(port)
        return
    threading.Thread(target=serve, args=(listen(port, 64), FAULTS[fault]), daemon=True).start()


def main():
    if sys.argv[1:] == ["--list"]:
        print("\n".join([DROP, *FAULTS]))
        return
    opened = []
    for assignment in os.environ["FAULTS"].split():
        fault, _, ports = assignment.partition("=")
        for port in ports.split(","):
            open_port(fault, int(port))
            opened.append(port)
    os.makedirs(os.path.dirname(PORTS_FILE), exist_ok=True)
    with open(PORTS_FILE, "w") as ports:
        print(*opened, file=ports)
    threading.Event().wait()


main()
