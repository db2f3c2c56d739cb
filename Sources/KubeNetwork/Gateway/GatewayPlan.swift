import Documents
import KubeObjects
import Linux
import Simulation

/// A port that a Gateway is reached at.
struct GatewayPort: Hashable, Comparable {
  let number: Int
  let transport: Transport

  init(_ number: Int, _ transport: Transport) {
    self.number = number
    self.transport = transport
  }

  var name: String { transport == .tcp ? "port-\(number)" : "port-\(number)-udp" }

  static func < (a: Self, b: Self) -> Bool {
    (a.number, a.transport.rawValue) < (b.number, b.transport.rawValue)
  }
}

/// All decisions about Gateways and routes, with their reasons: what is accepted, what is attached.
struct GatewayPlan {
  struct Listener {
    var name: String
    var port: Int
    var `protocol`: String
    var hostname: String
    /// namespace/name of the certificates' Secrets.
    var certificates: [String] = []
    var kinds: [String]
    var conditions: [GatewayCondition] = []
    var isValid = true
    var attached: [Attached] = []
    /// Routes that count in its status.
    var attachedRoutes = 0
    /// What its owner says of it.
    var spec: Value = [:]
    /// Of its owner: the Gateway, or a ListenerSet.
    var namespace = ""
    /// The ListenerSet that it came with, as namespace/name; nil: it is the Gateway's own.
    var set: String?

    var transport: Transport { `protocol` == "UDP" ? .udp : .tcp }
    /// Whether it ends TLS and carries on what was inside.
    var isTerminated: Bool {
      `protocol` == "TLS" && spec[path: "tls", "mode"]?.string == "Terminate"
    }
  }

  /// A route at a listener, under the hosts that they share.
  struct Attached {
    var route: GatewayRoute
    var hostnames: [String]
  }

  struct Gateway {
    var object: Value
    var className: String
    var implementation: GatewayProvider
    var listeners: [Listener]
    var accepted: GatewayCondition
    var key: String { object.namespacedName }

    /// Its listeners' ports, each once, in order.
    var ports: [GatewayPort] {
      Set(listeners.filter(\.isValid).map { GatewayPort($0.port, $0.transport) }).sorted()
    }
  }

  /// Listeners that somebody else than the Gateway's owner adds to it.
  struct ListenerSet {
    var object: Value
    /// namespace/name of its Gateway.
    var gateway: String
    var accepted: GatewayCondition
  }

  struct Parent {
    var reference: Value
    var controllerName: String
    var conditions: [GatewayCondition]
  }

  /// By name, those with a known controller.
  private(set) var classes: [String: GatewayCondition] = [:]
  /// By namespace/name.
  var gateways: [String: Gateway] = [:]
  /// By namespace/name.
  var sets: [String: ListenerSet] = [:]
  var policies = BackendPolicies()
  private(set) var kourier: Gateway?
  /// By kind/namespace/name.
  var parents: [String: [Parent]] = [:]

  func gateway(_ key: String) -> Gateway? { key == Kourier.key ? kourier : gateways[key] }

  static func key(_ route: Value) -> String { "\(route.kind)/\(route.namespacedName)" }

  /// The older one, then the first by namespace and name.
  static func goesBefore(_ a: Value, _ b: Value) -> Bool {
    let start = Moment(seconds: 0)
    let (one, two) = (a.creationTimestamp ?? start, b.creationTimestamp ?? start)
    return one != two ? one < two : a.namespacedName < b.namespacedName
  }

  init(_ objects: GatewayObjects = .init()) {
    var implementations: [String: GatewayProvider] = [:]
    for object in objects.classes {
      let name = object[path: "spec", "controllerName"]?.string ?? ""
      guard let found = GatewayProvider.named(name) else { continue }
      implementations[object.name] = found
      classes[object.name] = .init("Accepted", true, "Accepted", "The GatewayClass is accepted")
    }
    for object in objects.gateways {
      let className = object[path: "spec", "gatewayClassName"]?.string ?? ""
      guard let implementation = implementations[className] else { continue }
      gateways[object.namespacedName] = Self.gateway(object, className, implementation, objects)
    }
    for object in objects.sets.sorted(by: Self.goesBefore) { join(object, objects) }
    policies = BackendPolicies(objects)
    let ordered = objects.routes.sorted { Self.key($0) < Self.key($1) }
    for route in ordered { attach(route, objects) }
    kourier = Kourier.gateway(objects)
  }
}
