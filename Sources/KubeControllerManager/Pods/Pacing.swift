import KubeAPIServer
import Simulation

/// A look at very many Pods takes a while: what changes meanwhile is looked at together, so that ten
/// thousand Pods that get ready one by one are not counted ten thousand times.
struct Pacing {
  private var sizes: [Informer.Key: Int] = [:]
  /// Up to so many Pods a look takes no time that anybody would notice.
  private static let unnoticed = 200
  /// At most so many Pods are made or removed in one look.
  static let burst = 500
  /// From so many Pods on, the requests that it takes to make more are waited for.
  private static let crowd = 10_000
  private var held: [Informer.Key: Moment] = [:]

  /// Notes that Pods were made. The controllers' client makes 20 requests in a second
  /// (--kube-api-qps); few enough, they cost nobody's patience and are not waited for.
  mutating func made(_ count: Int, of key: Informer.Key, now: Moment) {
    if sizes[key] ?? 0 >= Self.crowd { held[key] = now + .milliseconds(Int64(count) * 50) }
  }

  /// How long it is until more may be made; nil when it is now.
  func wait(_ key: Informer.Key, now: Moment) -> Span? {
    guard let end = held[key], end > now else { return nil }
    return end - now
  }

  mutating func note(_ key: Informer.Key, size: Int) {
    if size > Self.unnoticed {
      sizes[key] = size
    } else if !sizes.isEmpty {
      sizes[key] = nil
      held[key] = nil
    }
  }

  /// How long to wait after a change before the next look.
  func delay(_ key: Informer.Key) -> Span {
    guard !sizes.isEmpty, let size = sizes[key] else { return .zero }
    return .milliseconds(Int64(min(size / 50, 1000)))
  }
}
