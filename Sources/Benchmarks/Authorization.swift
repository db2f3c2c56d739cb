import Documents
import KubeAPIServer
import KubeControllerManager
import KubeObjects
import Simulation

/// How fast it is decided who may do what, and how fast claims find volumes.
enum Authorization {
  private static func client(_ server: APIServer) -> ComponentClient {
    ComponentClient(
      server: server, user: UserInfo(name: "b", groups: ["system:masters"]), manager: "b")
  }

  /// Roles and bindings in a hundred namespaces; each binding for a user of its own.
  private static func server(roles: Int, bindings: Int) throws -> APIServer {
    let server = APIServer(timeline: Timeline(now: Moment(seconds: 0)), seed: 1)
    server.authorizesByRole = true
    let client = client(server)
    let spaces = min(100, roles)
    for index in 0..<spaces {
      _ = try client.create(.namespaces, ["metadata": ["name": .string("n\(index)")]])
    }
    for index in 0..<roles {
      _ = try client.create(
        .roles,
        [
          "metadata": ["name": .string("r\(index)")],
          "rules": [
            ["apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list"]],
            ["apiGroups": [""], "resources": ["pods", "pods/log"], "verbs": ["get"]],
          ],
        ], namespace: "n\(index % spaces)")
    }
    for index in 0..<bindings {
      _ = try client.create(
        .roleBindings,
        [
          "metadata": ["name": .string("b\(index)")],
          "subjects": [
            [
              "kind": "User", "name": .string("u\(index)"),
              "apiGroup": "rbac.authorization.k8s.io",
            ]
          ],
          "roleRef": [
            "apiGroup": "rbac.authorization.k8s.io", "kind": "Role",
            "name": .string("r\(index % roles)"),
          ],
        ], namespace: "n\(index % roles % spaces)")
    }
    return server
  }

  /// Decisions each second for users and names that were not asked about before.
  private static func rate(_ server: APIServer, spaces: Int, bindings: Int, count: Int) -> Double {
    var questions: [(UserInfo, AccessQuestion)] = []
    for index in 0..<count {
      let user = index % bindings
      questions.append(
        (
          UserInfo(name: "u\(user)", groups: ["system:authenticated"]),
          AccessQuestion(
            verb: "get", version: "v1", resource: index % 3 == 0 ? "secrets" : "pods",
            namespace: "n\(user % spaces)", name: "x\(index)")
        ))
    }
    var allowed = 0
    let spent = milliseconds {
      for (user, question) in questions where server.isAllowed(user, question) { allowed += 1 }
    }
    precondition(allowed > 0 && allowed < count, "some may, some may not")
    return Double(count) / spent * 1000
  }

  static func measure(isTiny: Bool) throws {
    let count = isTiny ? 2000 : 400_000
    for (roles, bindings) in isTiny ? [(50, 100)] : [(500, 1000), (5000, 10_000)] {
      let server = try server(roles: roles, bindings: bindings)
      let perSecond = rate(server, spaces: min(100, roles), bindings: bindings, count: count)
      row(
        "new decisions with \(roles) roles, \(bindings) bindings", "\(Int(perSecond))/s",
        "1000000/s")
    }
    try claims(isTiny ? 50 : 10_000)
  }

  /// So many claims, and volumes of as many sizes, all bound.
  private static func claims(_ count: Int) throws {
    let timeline = Timeline(now: Moment(seconds: 0))
    let server = APIServer(timeline: timeline, seed: 1)
    let client = client(server)
    _ = try client.create(.namespaces, ["metadata": ["name": "default"]])
    let manager = ControllerManager(server: server, seed: 1, configuration: .init())
    manager.start()
    let spent = try milliseconds {
      for index in 0..<count {
        let size = Value.string("\(index + 1)Mi")
        _ = try client.create(
          .persistentVolumes,
          [
            "metadata": ["name": .string("v\(index)")],
            "spec": [
              "capacity": ["storage": size], "accessModes": ["ReadWriteOnce"],
              "hostPath": ["path": "/x"], "storageClassName": "manual",
            ],
          ])
        _ = try client.create(
          .persistentVolumeClaims,
          [
            "metadata": ["name": .string("c\(index)")],
            "spec": [
              "accessModes": ["ReadWriteOnce"], "storageClassName": "manual",
              "resources": ["requests": ["storage": size]],
            ],
          ], namespace: "default")
      }
      timeline.advance(by: .seconds(60))
    }
    let bound = try client.list(.persistentVolumeClaims, namespace: "default").filter {
      $0[path: "status", "phase"]?.string == "Bound"
    }.count
    precondition(bound == count, "\(bound) of \(count) claims are bound")
    row("\(count) claims bound to \(count) volumes", text(spent), "5000 ms")
  }
}
