"""Carries every frame between two network cards of the switch, each with a delay.

Usage: relay.py CARD CARD LATENCY_MS JITTER_MS [PEER_ADDRESS ...]

With peers, only IPv4 packets from or to one of them are delayed; all others are forwarded at once, and may overtake those.

It is for kernels without netem. Delayed frames of one direction never overtake each other. It ends with SIGTERM or SIGKILL;
the cable is then dead until the process that started it plugs the first card back into the bridge.
"""
import heapq
import random
import select
import socket
import struct
import sys
import time

EVERY_PROTOCOL = 3
SOL_PACKET = 263  # Python does not define it
PACKET_ADD_MEMBERSHIP, PROMISCUOUS, PACKET_OUTGOING = 1, 1, 4
FRAME_BYTES_MAX = 70_000
FRAMES_AT_ONCE_MAX = 64
FRAMES_HELD_MAX = 100_000
IPV4 = b"\x08\x00"


def listen(card):
    """Returns a raw socket that receives every frame of the card, whatever its destination."""
    listening = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(EVERY_PROTOCOL))
    listening.bind((card, 0))
    listening.setblocking(False)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    membership = struct.pack("iHH8s", socket.if_nametoindex(card), PROMISCUOUS, 0, b"")
    listening.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership)
    return listening


class Relay:
    def __init__(self, one, other, latency, jitter, peers):
        self.across = {one: other, other: one}
        self.latency, self.jitter, self.peers = latency, jitter, peers
        self.held = []  # (due, number, to, frame): a heap, ordered by time and then by arrival
        self.number = 0
        self.last_due = {one: 0.0, other: 0.0}

    def run(self):
        while True:
            wait = max(0.0, self.held[0][0] - time.monotonic()) if self.held else None
            readable, _, _ = select.select(list(self.across), [], [], wait)
            for card in readable:
                self.take(card)
            self.deliver()

    def take(self, card):
        for _ in range(FRAMES_AT_ONCE_MAX):
            try:
                frame, address = card.recvfrom(FRAME_BYTES_MAX)
            except BlockingIOError:
                return
            if address[2] != PACKET_OUTGOING:  # our own frames are received again on their way out
                self.hold(card, frame)

    def hold(self, card, frame):
        if len(self.held) >= FRAMES_HELD_MAX:
            return  # a full queue drops packets, as a real one does
        if not self.is_meant(frame):
            self.keep(time.monotonic(), card, frame)
            return
        late = max(0.0, self.latency + random.uniform(-self.jitter, self.jitter))
        due = max(self.last_due[card], time.monotonic() + late)
        self.last_due[card] = due
        self.keep(due, card, frame)

    def is_meant(self, frame):
        """Returns whether the frame is to be delayed.

        Bytes 12 to 13 of a frame name its protocol; the packet's addresses begin at byte 12 of the packet.
        """
        if not self.peers:
            return True
        return frame[12:14] == IPV4 and (frame[26:30] in self.peers or frame[30:34] in self.peers)

    def keep(self, due, card, frame):
        self.number += 1
        heapq.heappush(self.held, (due, self.number, self.across[card], frame))

    def deliver(self):
        now = time.monotonic()
        while self.held and self.held[0][0] <= now:
            _, _, card, frame = heapq.heappop(self.held)
            try:
                card.send(frame)
            except OSError as trouble:
                print(f"relay: lost {len(frame)} bytes: {trouble}", file=sys.stderr, flush=True)


def main():
    one, other = listen(sys.argv[1]), listen(sys.argv[2])
    peers = {socket.inet_aton(address) for address in sys.argv[5:]}
    Relay(one, other, float(sys.argv[3]) / 1e3, float(sys.argv[4]) / 1e3, peers).run()


main()
