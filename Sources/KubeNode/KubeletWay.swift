import Documents
import KubeAPIServer
import KubeObjects

/// The address at which the API server asks a kubelet for something of a Pod, and what is said when
/// nobody answers there (the registry's LogLocation, ExecLocation and AttachLocation).
struct KubeletWay {
  let pod: Value
  let subresource: String
  let container: String
  let query: [(name: String, value: String)]

  /// What the client of a log is told as an error, the client of an exec in the conversation.
  func failed(at address: String, _ reason: String) throws(StatusError) -> APIResponse.Body {
    let host = "\(address):10250"
    let dial = "dial tcp \(host): \(reason)"
    switch subresource {
    case "log": throw Self.plain("Get \"https://\(host)\(logPath)\": \(dial)")
    case "exec", "attach":
      return .connect(
        ContainerConsole.refused(
          "error sending request: Post \"https://\(host)\(consolePath)\": \(dial)"))
    default: throw Self.plain("error dialing backend: \(dial)")
    }
  }

  private static func plain(_ message: String) -> StatusError {
    StatusError(code: 500, reason: "", message: message)
  }

  private var place: String { "\(pod.namespace)/\(pod.name)/\(container)" }

  private var logPath: String {
    let names: Set = [
      "follow", "limitBytes", "previous", "sinceSeconds", "sinceTime", "tailLines", "timestamps",
    ]
    return "/containerLogs/\(place)" + Self.encoded(query.filter { names.contains($0.name) })
  }

  private var consolePath: String {
    let streams = ["stderr": "error", "stdin": "input", "stdout": "output", "tty": "tty"]
    return "/\(subresource)/\(place)"
      + Self.encoded(
        query.compactMap { name, value in
          if name == "command" { return (name, value) }
          return streams[name].flatMap { value == "true" || value == "1" ? ($0, "1") : nil }
        })
  }

  /// Go's url.Values.Encode: by name, escaped.
  private static func encoded(_ query: [(name: String, value: String)]) -> String {
    guard !query.isEmpty else { return "" }
    let pairs = query.enumerated().sorted {
      ($0.element.name, $0.offset) < ($1.element.name, $1.offset)
    }
    return "?"
      + pairs.map { "\($0.element.name)=\(escaped($0.element.value))" }.joined(separator: "&")
  }

  private static func escaped(_ text: String) -> String {
    text.utf8.reduce(into: "") { out, byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "."), UInt8(ascii: "~"):
        out.unicodeScalars.append(Unicode.Scalar(byte))
      case UInt8(ascii: " "): out += "+"
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        out += "%" + (digits.count == 1 ? "0" : "") + digits
      }
    }
  }
}
