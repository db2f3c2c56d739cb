import Foundation
import Synchronization

/// A kubectl of this machine, pointed at a served cluster.
struct RealKubectl: CustomStringConvertible, Sendable {
  let path: String
  var description: String { path }

  /// Those of PATH and of the folders they really live in, and those of DRYDOCK_TEST_KUBECTLS.
  static let all: [RealKubectl] = {
    let variables = ProcessInfo.processInfo.environment
    var paths = (variables["DRYDOCK_TEST_KUBECTLS"] ?? "").split(separator: ":").map(String.init)
    for folder in (variables["PATH"] ?? "").split(separator: ":") {
      let file = URL(filePath: "\(folder)/kubectl").resolvingSymlinksInPath()
      guard FileManager.default.isExecutableFile(atPath: file.path) else { continue }
      let home = file.deletingLastPathComponent()
      let names = (try? FileManager.default.contentsOfDirectory(atPath: home.path)) ?? []
      paths += names.filter { $0.wholeMatch(of: /kubectl(\.1\.\d+)?/) != nil }
        .map { home.appending(path: $0).path }
    }
    return Set(paths).sorted().map { RealKubectl(path: $0) }
  }()

  static var newest: RealKubectl? { all.last { $0.path.hasSuffix("kubectl") } ?? all.last }

  struct Outcome {
    var status: Int32
    var output: String
    var errors: String
  }

  /// Runs it, with what it reads and under which other variables.
  func run(
    _ arguments: [String], kubeconfig: String, input: String = "",
    variables: [String: String] = [:], limit: Double = 30
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    var environment = ProcessInfo.processInfo.environment
    environment["KUBECONFIG"] = kubeconfig
    environment["HOME"] = URL(filePath: kubeconfig).deletingLastPathComponent().path
    environment.merge(variables) { $1 }
    process.environment = environment
    let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
    (process.standardInput, process.standardOutput, process.standardError) = (stdin, stdout, stderr)
    try process.run()
    let timer = DispatchSource.makeTimerSource()
    timer.setEventHandler { process.terminate() }
    timer.schedule(deadline: .now() + limit)
    timer.resume()
    defer { timer.cancel() }
    let errors = Mutex("")
    let reader = Thread {
      let data = stderr.fileHandleForReading.readDataToEndOfFile()
      errors.withLock { $0 = String(decoding: data, as: UTF8.self) }
    }
    reader.start()
    try? stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try? stdin.fileHandleForWriting.close()
    let output = stdout.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    while !reader.isFinished { usleep(1000) }
    return Outcome(
      status: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
      errors: errors.withLock { $0 })
  }

  /// What a web server says through a port that is forwarded to it.
  func page(of target: String, kubeconfig: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = ["port-forward", target, ":80"]
    let home = URL(filePath: kubeconfig).deletingLastPathComponent().path
    process.environment = ["KUBECONFIG": kubeconfig, "HOME": home]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    defer {
      process.terminate()
      process.waitUntilExit()
    }
    let said = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    guard let colon = said.firstRange(of: "127.0.0.1:"),
      let port = UInt16(said[colon.upperBound...].prefix { $0.isNumber })
    else { return "no port: \(said)" }
    return try Self.get(port)
  }

  private static func get(_ port: UInt16) throws -> String {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return "no socket" }
    defer { close(descriptor) }
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let isConnected = withUnsafeBytes(of: &address) { bytes in
      bytes.withMemoryRebound(to: sockaddr.self) {
        connect(descriptor, $0.baseAddress, socklen_t(bytes.count)) == 0
      }
    }
    guard isConnected else { return "not connected" }
    let request = Array("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".utf8)
    guard request.withUnsafeBytes({ write(descriptor, $0.baseAddress, $0.count) }) > 0 else {
      return "not written"
    }
    var page: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 4096)
    while page.count < 1 << 20 {
      let count = read(descriptor, &part, part.count)
      guard count > 0 else { break }
      page += part[..<count]
    }
    return String(decoding: page, as: UTF8.self)
  }
}
