"""The lab's name server: it answers a few names with fixed addresses, and reports that all others do not exist.

Usage: resolver.py ADDRESS NAME=ADDRESS...
"""
import socket
import struct
import sys

PORT = 53
QUERY_BYTES_MAX = 512
ADDRESS_RECORD, INTERNET = 1, 1
TTL_SECONDS = 1
NO_SUCH_NAME = 3


def question_of(query):
    """Returns the queried name, its type, and the offset after the question (RFC 1035, section 4.1.2)."""
    labels, at = [], 12
    while query[at] != 0:
        end = at + 1 + query[at]
        labels.append(query[at + 1 : end].decode("ascii", "replace"))
        at = end
    (kind,) = struct.unpack(">H", query[at + 1 : at + 3])
    return ".".join(labels).lower(), kind, at + 5


def answer(query, records):
    name, kind, end = question_of(query)
    address = records.get(name)
    found = [address] if address is not None and kind == ADDRESS_RECORD else []
    flags = 0x8580 | (0 if address is not None else NO_SUCH_NAME)
    head = query[:2] + struct.pack(">HHHHH", flags, 1, len(found), 0, 0) + query[12:end]
    # 0xC00C points back to the name in the question.
    body = [struct.pack(">HHHIH", 0xC00C, ADDRESS_RECORD, INTERNET, TTL_SECONDS, 4) + socket.inet_aton(one) for one in found]
    return head + b"".join(body)


def main():
    records = dict(record.split("=") for record in sys.argv[2:])
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((sys.argv[1], PORT))
    while True:
        query, client = server.recvfrom(QUERY_BYTES_MAX)
        try:
            server.sendto(answer(query, records), client)
        except (IndexError, struct.error) as trouble:
            print(f"resolver: a query that is none, from {client[0]}: {trouble}", file=sys.stderr, flush=True)


main()
