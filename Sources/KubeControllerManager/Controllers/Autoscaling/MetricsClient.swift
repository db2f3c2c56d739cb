import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// Asks the metrics API what Pods use, as any client would: it is there only if somebody serves it.
struct MetricsClient {
  struct Sample {
    /// Thousandths.
    var value: Int64
    var moment: Moment
    var window: Span
  }

  struct Failure: Error {
    var message: String
  }

  private let client: ComponentClient

  init(_ client: ComponentClient) { self.client = client }

  /// What each Pod uses of a resource, by name; `container` empty: all its containers together.
  func usage(
    of resource: String, namespace: String, selector: String, container: String
  ) throws(Failure) -> [String: Sample] {
    let answer = client.server.handle(
      APIRequest(
        method: "GET", path: "/apis/metrics.k8s.io/v1beta1/namespaces/\(namespace)/pods",
        query: [("labelSelector", selector)], headers: [("accept", "application/json")],
        credential: .component(client.user)))
    let list = body(of: answer)
    guard answer.code == 200, let items = list?["items"]?.array else {
      throw Failure(
        message: "unable to fetch metrics from resource metrics API: "
          + Self.refusal(answer.code, list, "pods.metrics.k8s.io"))
    }
    if items.isEmpty { throw Failure(message: "no metrics returned from resource metrics API") }
    var found: [String: Sample] = [:]
    for item in items {
      if let sample = sample(item, resource, container) { found[item.name] = sample }
    }
    if !container.isEmpty, found.isEmpty {
      throw Failure(message: "container \(container) not present in metrics for pod")
    }
    return found
  }

  private func sample(_ item: Value, _ resource: String, _ container: String) -> Sample? {
    var sum: Int64 = 0
    var isThere = container.isEmpty
    for part in item["containers"]?.array ?? []
    where container.isEmpty || part["name"]?.string == container {
      isThere = true
      // A container of which nothing is known: nothing is known of its Pod.
      guard let text = part[path: "usage", resource],
        let quantity = try? Quantity(parsing: text)
      else { return nil }
      sum += quantity.milliValue
    }
    guard isThere else { return nil }
    return Sample(
      value: sum,
      moment: item["timestamp"]?.string.flatMap { Moment(rfc3339: $0) } ?? Moment(seconds: 0),
      window: Self.window(item["window"]?.string ?? ""))
  }

  /// `30s`, `1m0s`, `17.32s`.
  static func window(_ text: String) -> Span {
    var total = 0.0
    var number = ""
    for character in text {
      switch character {
      case "h": total += (Double(number) ?? 0) * 3600
      case "m": total += (Double(number) ?? 0) * 60
      case "s": total += Double(number) ?? 0
      default:
        number.append(character)
        continue
      }
      number = ""
    }
    return .milliseconds(Int64(min(total, 86_400) * 1000))
  }

  private func body(of answer: APIResponse) -> Value? {
    switch answer.body {
    case .value(let value): value
    case .bytes(let bytes): try? JSON.parse(bytes)
    case .watch, .connect, .proxied: nil
    }
  }

  /// A refusal in client-go's words (NewGenericServerResponse where there is no Status).
  private static func refusal(_ code: Int, _ body: Value?, _ what: String) -> String {
    if let body, body.kind == "Status", let message = body["message"]?.string, code != 404 {
      return message
    }
    return switch code {
    case 404: "the server could not find the requested resource (get \(what))"
    case 503: "the server is currently unable to handle the request (get \(what))"
    case 403: "unknown (get \(what))"
    default:
      "an error on the server (\"unknown\") has prevented the request from succeeding "
        + "(get \(what))"
    }
  }

  /// Nobody serves custom metrics here.
  static let noCustomMetrics =
    "unable to fetch metrics from custom metrics API: no custom metrics API "
    + "(custom.metrics.k8s.io) registered"
}
