"""A peer that shares no code with wardwire: the client and the MLLP server of python3-hl7.

hl7_peer.py send PORT ENCODING <messages   prints of each answer: MSA-1, MSA-2, MSH-5, MSH-9, ERR-3.1
hl7_peer.py serve PORT-FILE OUT [CODE]     acknowledges with CODE (AA); prints of each message: MSH-10, PID-3.1, PID-5

Messages are read from standard input with LF line ends, an empty line between them.
"""
import asyncio
import sys

import hl7
from hl7.client import MLLPClient
from hl7.mllp import start_hl7_server


def field(message, segment, *place):
    """The text at that place, or '-' where there is none."""
    try:
        return message.extract_field(segment, 1, *place) or "-"
    except (KeyError, IndexError, LookupError):
        return "-"


def answer_in(block):
    assert block[:1] == b"\x0b" and block[-2:] == b"\x1c\r", block
    return hl7.parse(block[1:-2].decode("utf-8", "surrogateescape"))


def send(port, encoding):
    texts = sys.stdin.buffer.read().decode("utf-8").strip("\n").split("\n\n")
    with MLLPClient("127.0.0.1", int(port), encoding=encoding) as client:
        for text in texts:
            message = hl7.parse(text.replace("\n", "\r") + "\r")
            answer = answer_in(client.send_message(message))
            print(field(answer, "MSA", 1), field(answer, "MSA", 2), field(answer, "MSH", 5),
                  str(answer.segment("MSH")(9)), field(answer, "ERR", 3, 1, 1))


async def serve(port_file, out, code="AA"):
    async def talk(reader, writer):
        while not writer.is_closing():
            try:
                message = await reader.readmessage()
            except (asyncio.IncompleteReadError, ConnectionError):
                break
            with open(out, "a", encoding="utf-8", errors="surrogateescape") as f:
                print(field(message, "MSH", 10), field(message, "PID", 3, 1, 1),
                      str(message.segment("PID")(5)), file=f)
            writer.writemessage(message.create_ack(code))
            await writer.drain()
        writer.close()

    server = await start_hl7_server(talk, "127.0.0.1", 0, encoding="utf-8",
                                    encoding_errors="surrogateescape")
    with open(port_file, "w", encoding="ascii") as f:
        print(server.sockets[0].getsockname()[1], file=f)
    async with server:
        await server.serve_forever()


if sys.argv[1] == "send":
    send(*sys.argv[2:])
else:
    asyncio.run(serve(*sys.argv[2:]))
