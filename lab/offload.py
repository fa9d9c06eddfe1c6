"""Turns a network card's offloads on or off, so that frames are whole (checksums, sizes) when a relay sees them.

Usage: offload.py CARD on|off
"""
import array
import fcntl
import socket
import struct
import sys

SIOCETHTOOL = 0x8946
# ethtool's commands. Scatter-gather comes before the offloads that need it: checksums, segmentation.
COMMANDS = {"scatter-gather": 0x19, "transmit checksums": 0x17, "segmentation": 0x1F, "generic segmentation": 0x24}


def main():
    card, wanted = sys.argv[1], 1 if sys.argv[2] == "on" else 0
    control = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for name, command in COMMANDS.items():
        value = array.array("B", struct.pack("II", command, wanted))
        address, _ = value.buffer_info()
        try:
            fcntl.ioctl(control, SIOCETHTOOL, struct.pack("16sP", card.encode(), address) + bytes(16))
        except OSError as trouble:
            print(f"offload: {name} of {card}: {trouble}", file=sys.stderr)


main()
