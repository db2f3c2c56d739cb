import KubeAPIServer
import Simulation

/// A look at very many Pods takes a while: what changes meanwhile is looked at together, so that ten
/// thousand Pods that get ready one by one are not counted ten thousand times.
struct Pacing {
  private var sizes: [Informer.Key: Int] = [:]
  /// Up to so many Pods a look takes no time that anybody would notice.
  private static let unnoticed = 200

  mutating func note(_ key: Informer.Key, size: Int) {
    if size > Self.unnoticed {
      sizes[key] = size
    } else if !sizes.isEmpty {
      sizes[key] = nil
    }
  }

  /// How long to wait after a change before the next look.
  func delay(_ key: Informer.Key) -> Span {
    guard !sizes.isEmpty, let size = sizes[key] else { return .zero }
    return .milliseconds(Int64(min(size / 50, 1000)))
  }
}
