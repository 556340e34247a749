"""pyftpdlib on three ports: plain FTP, explicit TLS, implicit TLS.

Usage: serve.py ADDRESS PLAIN EXPLICIT IMPLICIT NAME=VALUE...     the names are those of /lab/server
"""

import os
import sys

from pyftpdlib.authorizers import DummyAuthorizer, UnixAuthorizer
from pyftpdlib.handlers import DTPHandler, FTPHandler, PassiveDTP, TLS_FTPHandler, TLS_DTPHandler
from pyftpdlib.servers import FTPServer, MultiprocessFTPServer

MASTER_FILE = "/run/lab/master"  # processes that a kill of all sessions spares


class ImplicitHandler(TLS_FTPHandler):
    """TLS from the first byte: the greeting comes after the handshake."""

    def handle(self):
        self.secure_connection(self.ssl_context)

    def handle_ssl_established(self):
        TLS_FTPHandler.handle(self)


def authorizer(options):
    if options.get("virtual"):
        users = DummyAuthorizer()
        users.add_user("alice", "correct-horse-7Q", "/home/alice", perm=options["permissions"])
        return users
    users = UnixAuthorizer(global_perm=options["permissions"], anonymous_user=options.get("anonymous"))
    if "anonymous" in options:
        users.override_user("anonymous", perm="elr", homedir="/srv/ftp")
    return users


def number(options, name, default):
    return int(options.get(name, default))


def data_handler(base, options):
    return type("Data", (base,), {"timeout": number(options, "data_timeout", base.timeout)})


def handler(base, options):
    attributes = {
        "authorizer": authorizer(options),
        "passive_ports": range(int(options["passive_low"]), int(options["passive_high"]) + 1),
        "masquerade_address": options["announced"],
        "permit_foreign_addresses": bool(options.get("foreign_addresses")),
        "timeout": number(options, "timeout", base.timeout),
        "max_login_attempts": number(options, "max_login_attempts", base.max_login_attempts),
        "passive_dtp": type("Passive", (PassiveDTP,), {"timeout": number(options, "data_timeout", PassiveDTP.timeout)}),
        "dtp_handler": data_handler(DTPHandler if base is FTPHandler else TLS_DTPHandler, options),
    }
    without = options.get("without", "").split(",")
    attributes["proto_cmds"] = {name: about for name, about in base.proto_cmds.items() if name not in without}
    if base is not FTPHandler:
        attributes["certfile"] = f"/lab/pki/{options['certificate']}.both"
        attributes["tls_data_required"] = attributes["tls_control_required"] = bool(options.get("tls_required"))
    return type("Handler", (base,), attributes)


def serve(base, address, port, options):
    with open(MASTER_FILE, "a") as master:
        print(os.getpid(), file=master)
    server_class = FTPServer if options.get("virtual") or options.get("async") else MultiprocessFTPServer
    server = server_class((address, int(port)), handler(base, options))
    server.max_cons = number(options, "max_connections", server.max_cons)
    server.max_cons_per_ip = number(options, "max_per_ip", server.max_cons_per_ip)
    server.serve_forever()


def main():
    address, plain, explicit, implicit = sys.argv[1:5]
    options = dict(setting.split("=", 1) for setting in sys.argv[5:])
    for base, port in ((TLS_FTPHandler, explicit), (ImplicitHandler, implicit)):
        if os.fork() == 0:
            serve(base, address, port, options)
    serve(FTPHandler, address, plain, options)


main()
