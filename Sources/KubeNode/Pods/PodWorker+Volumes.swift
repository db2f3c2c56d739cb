import Documents
import KubeObjects
import Simulation

/// The kubelet's volume manager: mounted ConfigMaps, Secrets and the Pod's own facts follow their
/// objects, at each sync of the Pod.
extension PodWorker {
  /// Volumes of changing files. Every Pod has one of its ServiceAccount; that one needs no looking.
  private var changingVolumes: [Value] {
    (spec["volumes"]?.array ?? []).filter { volume in
      if volume["name"]?.string?.hasPrefix("kube-api-access-") == true { return false }
      return ["configMap", "secret", "projected", "downwardAPI"].contains { volume[$0] != nil }
    }
  }

  // MARK: tokens

  // The kubelet's token manager: a token is asked for anew when four fifths of its time, or a day,
  // are over.
  func token(audience: String, seconds: Int64) -> String? {
    let key = "\(seconds)/\(audience)"
    if let known = tokens[key], timeline.now < known.renewal { return known.text }
    guard let text = kubelet.objects.token(pod, audience, seconds) else { return nil }
    tokens[key] = (text, timeline.now + .seconds(min(seconds / 5 * 4, 86_400)))
    return text
  }

  /// The volume of the ServiceAccount changes only when its token is renewed.
  func followAccess() {
    let access = (spec["volumes"]?.array ?? []).filter {
      $0["name"]?.string?.hasPrefix("kube-api-access-") == true
    }
    guard !access.isEmpty, !isTerminating,
      let renewal = tokens.values.map(\.renewal).filter({ $0 > timeline.now }).min()
    else { return }
    timeline.after(renewal - timeline.now) { [weak self] in
      guard let self, !isTerminating, kubelet.workers[pod.uid] === self else { return }
      refresh(access)
      followAccess()
    }
  }

  /// A Pod is synced every minute, and up to half of that later (workqueue's jitter).
  func followVolumes() {
    guard !changingVolumes.isEmpty, !isTerminating else { return }
    let jitter = Int64(pod.uid.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0x7FFF } % 30)
    timeline.after(.seconds(60 + jitter)) { [weak self] in
      guard let self, !isTerminating, kubelet.workers[pod.uid] === self else { return }
      refreshVolumes()
      followVolumes()
    }
  }

  private func refreshVolumes() { refresh(changingVolumes) }

  private func refresh(_ specs: [Value]) {
    let sources = volumeSources
    for spec in specs {
      // An object that is gone for now leaves the files as they are.
      guard let volume = volumes[spec["name"]?.string ?? ""],
        case .files(let files)? = try? sources.source(of: spec)
      else { continue }
      let before = volume.revision
      volume.replace(files)
      if volume.revision != before { kubelet.runtime.refresh(volume, pod: pod.uid) }
    }
  }
}
