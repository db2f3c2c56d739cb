import Documents
import KubeObjects

/// By what names a Pod goes inside.
extension PodWorker {
  var identity: PodIdentity {
    let names = hostNames
    return PodIdentity(
      namespace: pod.namespace, name: pod.name, uid: pod.uid,
      hostName: isHostNetwork ? kubelet.nodeName : names.host,
      fullName: isHostNetwork ? "" : names.full, shortName: names.short,
      isOnHostNetwork: isHostNetwork)
  }

  // GeneratePodHostNameAndDomain, truncatePodHostnameIfNeeded.
  private var hostNames: (host: String, short: String, full: String) {
    if let own = spec["hostnameOverride"]?.string { return (own, own, "") }
    let stated = spec["hostname"]?.string ?? pod.name
    var host = String(stated.prefix(63))
    while let last = host.last, host.count < stated.count, last == "-" || last == "." {
      host.removeLast()
    }
    guard let domain = spec["subdomain"]?.string, !domain.isEmpty else {
      return (host, host, "")
    }
    let full = "\(host).\(domain).\(pod.namespace).svc.\(kubelet.settings.clusterDomain)"
    return (spec["setHostnameAsFQDN"]?.bool == true ? full : host, host, full)
  }
}
