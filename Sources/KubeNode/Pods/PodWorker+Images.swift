import Documents
import KubeAPIServer
import KubeObjects
import Simulation

/// The images that a container needs: its own, and those that it mounts.
extension PodWorker {
  /// Images that it mounts first, then its own (kuberuntime's getImageVolumes).
  func obtainImages(_ container: Container, _ credentials: PullCredentials) {
    let mounts = container.spec["volumeMounts"]?.array ?? []
    for volume in spec["volumes"]?.array ?? [] {
      guard let image = volume["image"], let name = volume["name"]?.string, volumes[name] == nil,
        mounts.contains(where: { $0["name"]?.string == name })
      else { continue }
      let text = image["reference"]?.string ?? ""
      return obtain(text, image["pullPolicy"]?.string, credentials, for: container, teller: nil) {
        [weak self] found, _ in
        guard let self else { return }
        volumes[name] = Volume(name: name, source: .image(found, name: text))
        obtainImages(container, credentials)
      }
    }
    obtain(
      container.spec["image"]?.string ?? "", container.spec["imagePullPolicy"]?.string,
      credentials, for: container, teller: container
    ) { [weak self] in self?.create(container, $0, $1) }
  }

  /// Sees that an image is there for a container; `teller`: whom its events are about.
  private func obtain(
    _ text: String, _ wanted: String?, _ credentials: PullCredentials, for container: Container,
    teller: Container?,
    _ done: @escaping (Image, ImageReference) -> Void
  ) {
    let life = container.life
    guard let reference = ImageReference(text) else {
      let message =
        "Failed to apply default image tag \"\(text)\": couldn't parse image name "
        + "\"\(text)\": \(ImageReference.problem(of: text))"
      event(.warning, "InspectFailed", message, of: teller)
      event(.warning, "Failed", "Error: InvalidImageName", of: container)
      return waitForSync(container, "InvalidImageName", message)
    }
    let policy = wanted ?? (reference.isLatest ? "Always" : "IfNotPresent")
    let isPresent = kubelet.images.contains(reference.canonical)
    if isPresent, policy != "Always", let image = image(of: reference) {
      event(
        .normal, "Pulled",
        "Container image \"\(text)\" already present on machine and can be accessed by the pod",
        of: teller)
      return done(image, reference)
    }
    if policy == "Never" {
      let message = "Container image \"\(text)\" is not present with pull policy of Never"
      event(.warning, "ErrImageNeverPull", message, of: teller)
      event(.warning, "Failed", "Error: ErrImageNeverPull", of: container)
      return waitForSync(container, "ErrImageNeverPull", message)
    }
    event(.normal, "Pulling", "Pulling image \"\(text)\"", of: teller)
    let result = kubelet.runtime.pull(reference, with: credentials.logins(for: reference))
    let size = (try? result.get())?.megabytes ?? 0
    let times = kubelet.reservePull(megabytes: isPresent ? 0 : size)
    timeline.after(times.wait + times.pull) { [weak self] in
      guard let self, container.life == life, !isTerminating else { return }
      switch result {
      case .success(let image):
        kubelet.images.insert(reference.canonical)
        let pull = times.pull.rounded(to: 1_000_000).goText
        let whole = (times.wait + times.pull).rounded(to: 1_000_000).goText
        event(
          .normal, "Pulled",
          "Successfully pulled image \"\(text)\" in \(pull) (\(whole) including waiting). "
            + "Image size: \(image.megabytes * 1_048_576 + 7321) bytes.", of: teller)
        done(image, reference)
      case .failure(let failure): pullFailed(container, teller, text, reference, failure)
      }
    }
  }

  /// The next syncs of the Pod try again, and say the same again.
  func waitForSync(_ container: Container, _ reason: String, _ message: String) {
    wait(container, reason, message)
    let life = container.life
    timeline.after(.seconds(12)) { [weak self] in
      guard let self, container.life == life, !isTerminating, !isForgotten else { return }
      prepare(container)
    }
  }

  /// Those of the Pod's secrets for images that there are; of the others it is told.
  func pullSecrets() -> [Value] {
    var found: [Value] = []
    var missing: [String] = []
    for name in (spec["imagePullSecrets"]?.array ?? []).compactMap({ $0["name"]?.string }) {
      if let secret = kubelet.objects.lookUp(.secrets, pod.namespace, name) {
        found.append(secret)
      } else {
        missing.append(name)
      }
    }
    if !missing.isEmpty {
      event(
        .warning, "FailedToRetrieveImagePullSecret",
        "Unable to retrieve some image pull secrets (\(missing.joined(separator: ", "))); attempting "
          + "to pull the image may not succeed.")
    }
    return found
  }

  private func image(of reference: ImageReference) -> Image? {
    try? kubelet.runtime.content(of: reference).get()
  }

  private func pullFailed(
    _ container: Container, _ teller: Container?, _ text: String, _ reference: ImageReference,
    _ failure: PullFailure
  ) {
    let message = "rpc error: code = \(failure.code) desc = \(failure.message(reference))"
    event(.warning, "Failed", "Failed to pull image \"\(text)\": \(message)", of: teller)
    event(.warning, "Failed", "Error: ErrImagePull", of: container)
    wait(container, "ErrImagePull", message)
    container.pullBackOff.grow(at: timeline.now)
    let span = container.pullBackOff.current(at: timeline.now)
    let life = container.life
    // The next sync finds the image in back-off, and says so until the back-off is over.
    timeline.after(.seconds(1)) { [weak self] in
      guard let self, container.life == life, !isTerminating else { return }
      event(.normal, "BackOff", "Back-off pulling image \"\(text)\"", of: teller)
      event(.warning, "Failed", "Error: ImagePullBackOff", of: container)
      wait(
        container, "ImagePullBackOff",
        "Back-off pulling image \"\(text)\": ErrImagePull: \(message)")
    }
    timeline.after(max(span, .seconds(2))) { [weak self] in
      guard let self, container.life == life, !isTerminating else { return }
      prepare(container)
    }
  }
}
