import KubeAPIServer
import Testing

@testable import SecureServing

// What a client sends that opens the two streams of a forwarded port: headers compressed by one
// zlib stream against SPDY's dictionary.
private let errorStream: [UInt8] = [
  0x80, 0x03, 0x00, 0x01, 0x00, 0x00, 0x00, 0x3E, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00,
  0x00, 0x00, 0x78, 0xF9, 0xE3, 0xC6, 0xA7, 0xC2, 0x02, 0x25, 0x3A, 0x50, 0xCA, 0x0A, 0x2E, 0x29,
  0x4A, 0x4D, 0xCC, 0x85, 0x16, 0x25, 0xAC, 0xA9, 0xA0, 0x80, 0x06, 0xA5, 0xFC, 0x80, 0xFC, 0x22,
  0x50, 0x12, 0x66, 0xB2, 0x30, 0x00, 0x92, 0x9C, 0xD0, 0x48, 0xCC, 0x04, 0x25, 0x6E, 0x46, 0x03,
  0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF,
]
private let dataStream: [UInt8] = [
  0x80, 0x03, 0x00, 0x01, 0x00, 0x00, 0x00, 0x18, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00, 0x00,
  0x00, 0x00, 0xC2, 0xAA, 0x15, 0x54, 0x0A, 0x25, 0x12, 0xD2, 0x09, 0x00, 0x00, 0x00, 0xFF, 0xFF,
]
private let rest: [UInt8] = [
  // "hi" on stream 3, the end of stream 1, a ping.
  0, 0, 0, 3, 0, 0, 0, 2, 0x68, 0x69, 0, 0, 0, 1, 1, 0, 0, 0, 0x80, 3, 0, 6, 0, 0, 0, 4, 0, 0, 0, 7,
]

@Test("frames are read however they are cut", arguments: [1, 7, 64, 4096])
func frames(_ size: Int) {
  var reader = SPDYReader()
  var found: [SPDYReader.Frame] = []
  var bytes = (errorStream + dataStream + rest)[...]
  while !bytes.isEmpty {
    reader.append(bytes.prefix(size))
    bytes = bytes.dropFirst(size)
    while let frame = reader.next() { found.append(frame) }
  }
  let headers = ["port": "80", "requestid": "0"]
  #expect(
    found == [
      .open(
        stream: 1, headers: headers.merging(["streamtype": "error"]) { $1 }, isLast: false),
      .open(stream: 3, headers: headers.merging(["streamtype": "data"]) { $1 }, isLast: false),
      .data(stream: 3, bytes: [0x68, 0x69], isLast: false),
      .data(stream: 1, bytes: [], isLast: true), .ping(7),
    ])
  #expect(!reader.isBroken)
}

@Test(
  "what is not SPDY breaks the connection and nothing else",
  arguments: [
    [0x80, 2, 0, 1, 0, 0, 0, 0], [0x80, 3, 0, 1, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0xFF, 0xFF, 0xFF],
    [0x80, 3, 0, 1, 0, 0, 0, 14, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4],
  ] as [[UInt8]])
func broken(_ bytes: [UInt8]) {
  var reader = SPDYReader()
  reader.append(bytes)
  #expect(reader.next() == nil)
  #expect(reader.isBroken)
}

@Test("each reply's headers are flushed, or Go's reader waits for the next one's")
func replies() {
  var writer = SPDYWriter()
  let flush: [UInt8] = [0, 0, 0, 0xFF, 0xFF]
  let (first, second) = (writer.reply(stream: 1), writer.reply(stream: 3))
  #expect(first.suffix(5) == flush[...])
  #expect(second.suffix(5) == flush[...])
  // Only the first begins the zlib stream.
  #expect(first.count == second.count + 2)
}

@Test("the dictionary is SPDY's")
func dictionary() {
  #expect(SPDYDictionary.bytes.count == 1423)
  let sums = SPDYDictionary.bytes.reduce((UInt32(1), UInt32(0))) { sums, byte in
    let low = (sums.0 + UInt32(byte)) % 65521
    return (low, (sums.1 + low) % 65521)
  }
  #expect(sums.1 << 16 | sums.0 == 0xE3C6_A7C2)
}

/// A conversation that says what it is told to, and remembers what it hears.
final class Scripted: StreamConnection {
  var onReady: (() -> Void)?
  var isEnded = false
  var isCancelled = false
  var heard: [UInt8] = []
  var says: [(channel: UInt8, bytes: [UInt8])] = []

  func take() -> [(channel: UInt8, bytes: [UInt8])] {
    defer { says = [] }
    return says
  }
  func send(_ bytes: [UInt8], channel: UInt8) { heard += bytes }
  func closeInput(channel: UInt8) { heard.append(4) }
  func cancel() { isCancelled = true }
}

@Test("a forwarded port carries bytes both ways and ends both its streams")
func forwarding() {
  let far = Scripted()
  let ports = ForwardedPorts { _ in APIResponse(code: 101, body: .connect(far)) }
  let headers = ["port": "80", "requestid": "0"]
  #expect(!ports.opened(1, ["streamtype": "error", "port": "x", "requestid": "0"]))
  #expect(ports.opened(1, headers.merging(["streamtype": "error"]) { $1 }))
  #expect(ports.opened(3, headers.merging(["streamtype": "data"]) { $1 }))
  ports.received(3, [65], isLast: true)
  #expect(far.heard == [65, 4])
  far.says = [(1, [66])]
  far.isEnded = true
  let said = ports.take().map { "\($0.stream) \($0.bytes) \($0.isLast)" }
  #expect(said == ["3 [66] false", "3 [] true", "1 [] true"])
  #expect(far.isCancelled)
}

@Test("exec over SPDY waits for the client's streams before it speaks")
func console() {
  let far = Scripted()
  let streams = ConsoleStreams(far, expecting: [1])
  far.says = [(1, [66]), (3, [123])]
  far.isEnded = true
  #expect(streams.opened(1, ["streamtype": "error"]))
  #expect(streams.take().isEmpty)
  #expect(streams.opened(3, ["streamtype": "stdout"]))
  let said = streams.take().map { "\($0.stream) \($0.bytes) \($0.isLast)" }
  #expect(said == ["3 [66] false", "1 [123] true", "3 [] true"])
  #expect(streams.isEnded)
}
