import Documents
import KubeAPIServer
import Simulation

// What strangers send, as libFuzzer invents it: `make fuzz DOOR=request ARGS=-max_total_time=600`.
// Every door must come back from whatever it is given; libFuzzer keeps what makes it fall or hang.

/// A place where bytes of strangers come in.
enum Door: String, CaseIterable {
  /// An HTTP request: its line, an empty line, its body.
  case request
  /// An expression of the Common Expression Language.
  case expression
  /// A manifest, which must read as it was written.
  case document
}

/// A server, made anew before it grows.
nonisolated(unsafe) var server = fresh()
nonisolated(unsafe) var requests = 0
nonisolated(unsafe) var door = Door.request

func fresh() -> APIServer {
  let server = APIServer(timeline: Timeline(now: Moment(seconds: 1_767_225_600)), seed: 1)
  server.bootstrap(authority: "authority", address: "172.30.1.2")
  return server
}

func send(_ bytes: [UInt8]) {
  requests += 1
  if requests % 500 == 0 { server = fresh() }
  let line = bytes.prefix { $0 != 0x0A }
  let words = String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
  guard words.count >= 2 else { return }
  let halves = words[1].split(separator: "?", maxSplits: 1).map(String.init)
  _ = server.handle(
    APIRequest(
      method: words[0], path: halves.first ?? "/",
      query: halves.count > 1 ? APIRequest.parameters(halves[1]) : [],
      headers: words.dropFirst(2).first.map { [(name: "content-type", value: $0)] } ?? [],
      body: .bytes(Array(bytes.dropFirst(line.count + 1))),
      credential: .component(UserInfo(name: "fuzzer", groups: ["system:masters"]))))
  server.timeline.settle()
}

func evaluate(_ bytes: [UInt8]) {
  let text = String(decoding: bytes, as: UTF8.self)
  guard let expression = try? ObjectExpression(text, variables: ["object"]) else { return }
  _ = expression.evaluate([
    "object": ["metadata": ["name": "a", "labels": ["b": "c"]], "n": 1]
  ])
}

/// JSON has no words for infinities and for what is no number, and a zero's sign is lost on the way.
func isSayable(_ value: Value) -> Bool {
  switch value {
  case .double(let number): number.isFinite && number != 0
  case .array(let elements): elements.allSatisfy(isSayable)
  case .object(let members): members.allSatisfy { isSayable($0.value) }
  default: true
  }
}

func read(_ bytes: [UInt8]) {
  guard let value = try? YAML.parse(bytes), isSayable(value) else { return }
  // By their texts: a fraction that is whole comes back as an integer.
  let yaml = YAMLWriter.text(value)
  precondition((try? YAML.parse(yaml)).map(YAMLWriter.text) == yaml, "YAML reads what it wrote")
  let json = JSON.text(value)
  precondition((try? JSON.parse(json)).map { JSON.text($0) } == json, "JSON reads what it wrote")
}

@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

// The driver's own arguments begin after the door's name.
guard CommandLine.argc > 1, let chosen = Door(rawValue: CommandLine.arguments[1]) else {
  print(
    "usage: Fuzzing \(Door.allCases.map(\.rawValue).joined(separator: "|")) [libFuzzer's arguments]"
  )
  fatalError("no door")
}
door = chosen
var count = CommandLine.argc - 1
var arguments = CommandLine.unsafeArgv + 1
_ = runDriver(&count, &arguments) { start, size in
  let bytes = Array(UnsafeBufferPointer(start: start, count: size))
  switch door {
  case .request: send(bytes)
  case .expression: evaluate(bytes)
  case .document: read(bytes)
  }
  return 0
}
