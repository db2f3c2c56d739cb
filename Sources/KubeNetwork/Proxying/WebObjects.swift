import Documents
import KubeAPIServer
import KubeObjects

/// What proxies of the cluster look at besides Services and endpoints: one cache for all of them.
final class WebObjects {
  let ingresses: Informer
  let classes: Informer
  let secrets: Informer
  let configMaps: Informer

  init(_ client: ComponentClient) {
    ingresses = client.informer(.ingresses)
    classes = client.informer(.ingressClasses)
    secrets = client.informer(.secrets)
    configMaps = client.informer(.configMaps)
  }

  /// A Secret's data, decoded.
  func data(ofSecret key: String) -> [String: [UInt8]]? {
    let parts = key.split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.count == 2, let secret = secrets[parts[0], parts[1]] else { return nil }
    return (secret["data"]?.strings ?? [:]).compactMapValues { Base64.decode($0) }
  }

  var sortedClasses: [Value] { classes.objects.sorted { $0.key < $1.key }.map(\.value) }
  var sortedIngresses: [Value] { ingresses.objects.sorted { $0.key < $1.key }.map(\.value) }
}
