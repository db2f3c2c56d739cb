import Documents
import KubeAPIServer

/// Claims, volumes, devices, classes and drivers as the scheduler knows them.
final class StorageCache {
  var claims: [String: Value] = [:]
  var volumes: [String: Value] = [:]
  var classes: [String: Value] = [:]
  var nodeDrivers: [String: Value] = [:]
  var drivers: [String: Value] = [:]
  var capacities: [String: Value] = [:]
  var deviceClaims: [String: Value] = [:]
  var deviceClasses: [String: Value] = [:]
  var deviceSlices: [String: Value] = [:]

  func claim(_ namespace: String, _ name: String) -> Value? { claims["\(namespace)/\(name)"] }
}
