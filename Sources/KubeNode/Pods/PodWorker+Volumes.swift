import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// The kubelet's volume manager: it mounts what the containers wait for; mounted ConfigMaps, Secrets and the Pod's own facts follow their
/// objects, at each sync of the Pod.
extension PodWorker {
  // MARK: mounting

  func mount() {
    guard !isTerminating, !isForgotten else { return }
    guard kubelet.isActive else { return kubelet.whenActive { [weak self] in self?.mount() } }
    let sources = volumeSources
    let group = spec[path: "securityContext", "fsGroup"]?.int.map { Int(clamping: $0) }
    for volume in spec["volumes"]?.array ?? [] {
      let name = volume["name"]?.string ?? ""
      // Images are seen to when a container starts that mounts them.
      guard volumes[name] == nil, volume["image"] == nil else { continue }
      do {
        volumes[name] = Volume(
          name: name, source: try sources.source(of: volume), group: group,
          isInMemory: VolumeSources.isInMemory(volume))
      } catch {
        if error.isAwaitingAttachment { return awaitAttachment(of: name) }
        mountTries += 1
        // WaitForAttachAndMount looks every 300 ms what the populator has made of the Pod.
        if error.isUnprocessed, mountTries == 1 {
          timeline.after(.milliseconds(300)) { [weak self] in self?.mount() }
          return
        }
        event(
          .warning, "FailedMount",
          error.isUnprocessed
            ? "Unable to attach or mount volumes: unmounted volumes=[\(name)], unattached volumes=[], "
              + "failed to process volumes=[\(name)]: \(error.message)" : error.message)
        // The volume manager's exponential back-off: 0.5 s doubled to 2 min 2 s.
        let wait = min(500 << Int64(min(mountTries, 8)), 122_000)
        timeline.after(.milliseconds(Int64(wait))) { [weak self] in self?.mount() }
        return
      }
    }
    if usesDriver { kubelet.tellVolumesInUse() }
    followVolumes()
    followAccess()
    watchStorage()
    timeline.after(.milliseconds(250)) { [weak self] in self?.makeSandbox() }
  }

  /// Whether a volume of its is behind a CSI driver.
  var usesDriver: Bool { volumes.values.contains { $0.driverVolume != nil } }

  // podAttachAndMountTimeout: 2 minutes and 3 seconds, then it is told and begins again.
  private func awaitAttachment(of name: String) {
    let since = attachmentAwaited ?? timeline.now
    attachmentAwaited = since
    if timeline.now - since >= .seconds(123) {
      attachmentAwaited = timeline.now
      event(
        .warning, "FailedMount",
        "Unable to attach or mount volumes: unmounted volumes=[\(name)], unattached volumes=[\(name)], "
          + "failed to process volumes=[]: context deadline exceeded")
    }
    timeline.after(.seconds(1)) { [weak self] in self?.mount() }
  }

  var volumeSources: VolumeSources {
    VolumeSources(
      pod: pod, lookUp: { [unowned self] in kubelet.objects.lookUp($0, pod.namespace, $1) },
      token: { [unowned self] in token(audience: $0, seconds: $1) },
      allocatable: kubelet.allocatable,
      hostPath: { [unowned self] path, type in
        // Before anybody looks, a machine has what its manifests want.
        isStatic && kubelet.isUnvisited() ? nil : kubelet.runtime.checkHostPath(path, type: type)
      },
      isAttached: { [unowned self] in
        kubelet.objects.isAttached(driver: $0, volume: $1, node: kubelet.nodeName)
      })
  }

  // MARK: what changes

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
  func token(audience: String, seconds: Int64) -> IssuedToken? {
    let key = "\(seconds)/\(audience)"
    if let known = tokens[key], timeline.now < known.renewal { return known.token }
    guard let token = kubelet.objects.token(pod, audience, seconds) else { return nil }
    tokens[key] = (token, timeline.now + .seconds(min(seconds / 5 * 4, 86_400)))
    return token
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
