import KubeControllerManager
import KubeNode
import Linux

/// What provisioners do with the data of volumes.
extension Cluster: VolumeDataStore {
  package func copy(driver: String, from source: String, to target: String) {
    storage.copy(driver: driver, from: source, to: target)
  }

  package func discard(driver: String, handle: String) {
    storage.discard(driver: driver, handle: handle)
  }

  package func discard(path: String, onNode node: String) {
    // On a machine that nobody has looked at yet, there is nothing.
    guard let machine = nodes[node], !machine.files.isUntouched else { return }
    try? machine.files.removeAll(path)
  }
}
