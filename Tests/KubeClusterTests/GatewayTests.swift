import Simulation
import Testing

@testable import KubeCluster

/// A Gateway from its published kinds to what a client gets through it.
@Suite struct GatewayTests {
  static let address =
    "https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.4.0/standard-install.yaml"

  private static func shop(controller: String) -> Cluster {
    let cluster = Cluster(.kubeadm, seed: 1)
    let made = cluster.shell.run(
      """
      kubectl apply -f \(address) > /dev/null
      for app in one two; do
        kubectl create deployment $app --image=hashicorp/http-echo -- /http-echo -text=$app
        kubectl expose deployment $app --port=80 --target-port=5678
      done
      kubectl run box --image=nicolaka/netshoot -- sleep 36000
      kubectl apply -f - <<EOF
      apiVersion: gateway.networking.k8s.io/v1
      kind: GatewayClass
      metadata: {name: shop}
      spec: {controllerName: \(controller)}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: web}
      spec:
        gatewayClassName: shop
        listeners: [{name: http, port: 80, protocol: HTTP, hostname: '*.example.com'}]
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: shop}
      spec:
        parentRefs: [{name: web}]
        hostnames: [shop.example.com]
        rules:
        - matches: [{path: {value: /two}}]
          filters:
          - type: ResponseHeaderModifier
            responseHeaderModifier: {set: [{name: X-Route, value: two}]}
          backendRefs: [{name: two, port: 80}]
        - matches: [{path: {value: /gone}}]
          backendRefs: [{name: nobody, port: 80}]
        - matches: [{path: {type: Exact, value: /old}}]
          filters: [{type: RequestRedirect, requestRedirect: {scheme: https, statusCode: 301}}]
        - backendRefs: [{name: one, port: 80, weight: 80}, {name: two, port: 80, weight: 20}]
      EOF
      sleep 1
      kubectl wait --for=condition=Ready pod --all --timeout=120s
      """)
    #expect(made.status == 0, "\(made)")
    return cluster
  }

  @Test("a route sends, rewrites headers, redirects, weighs, and answers 500 and 404 for the rest")
  func traffic() {
    let cluster = Self.shop(controller: "gateway.nginx.org/nginx-gateway-controller")
    func ask(_ line: String) -> String {
      let answer = cluster.shell.run(line)
      return answer.output + answer.errors
    }
    _ = ask("A=$(kubectl get gateway web -o jsonpath='{.status.addresses[0].value}')")
    func curl(_ path: String, _ host: String = "shop.example.com") -> String {
      ask("kubectl exec box -- curl -si -H 'Host: \(host)' http://$A\(path)")
    }
    let two = curl("/two/x")
    #expect(two.contains("X-Route: two\r\n") && two.hasSuffix("two\n"), "\(two)")
    #expect(curl("/old").contains("Location: https://shop.example.com/old\r\n"))
    #expect(curl("/gone").hasPrefix("HTTP/1.1 500 "))
    #expect(curl("/", "other.org").hasPrefix("HTTP/1.1 404 "))
    let many = ask(
      "kubectl exec box -- sh -c 'for i in $(seq 50); do "
        + "curl -s -H \"Host: shop.example.com\" http://'$A'; done' | grep -c two")
    let share = Int(many.filter(\.isNumber)) ?? 0
    #expect((3...20).contains(share), "\(many)")
    let table = ask("kubectl get gateway web --no-headers")
    #expect(table.contains("shop") && table.contains("True"), "\(table)")
    let reason = ask(
      "kubectl get httproute shop -o jsonpath='{.status.parents[0].conditions[1].reason}'")
    #expect(reason == "BackendNotFound")
  }

  @Test(
    "a browser of an allowed origin may ask, a session stays where it was, a failure is tried again"
  )
  func origins() {
    let cluster = Cluster(.kubeadm, seed: 1)
    func run(_ line: String) -> String { cluster.shell.run(line).output }
    _ = run(
      """
      kubectl apply -f \(Self.address.replacing("standard", with: "experimental")) > /dev/null
      kubectl create deployment app --replicas=3 --image=registry.k8s.io/e2e-test-images/agnhost:2.53 \
        -- /agnhost netexec --http-port=80
      kubectl expose deployment app --port=80
      kubectl run box --image=nicolaka/netshoot -- sleep 36000
      kubectl apply -f - <<EOF
      apiVersion: gateway.networking.k8s.io/v1
      kind: GatewayClass
      metadata: {name: shop}
      spec: {controllerName: gateway.nginx.org/nginx-gateway-controller}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: web}
      spec: {gatewayClassName: shop, listeners: [{name: http, port: 80, protocol: HTTP}]}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: app}
      spec:
        parentRefs: [{name: web}]
        rules:
        - filters:
          - type: CORS
            cors: {allowOrigins: ["https://*.example.com"], allowMethods: [GET, PUT], maxAge: 60}
          sessionPersistence: {sessionName: seat}
          retry: {attempts: 3, codes: [500]}
          backendRefs: [{name: app, port: 80}]
      EOF
      sleep 1
      kubectl wait --for=condition=Ready pod --all --timeout=120s
      A=$(kubectl get gateway web -o jsonpath='{.status.addresses[0].value}')
      """)
    let ask = "kubectl exec box -- curl -si -H 'Origin: https://a.example.com' http://$A/hostname"
    let before = run("\(ask) -X OPTIONS -H 'Access-Control-Request-Method: PUT'")
    #expect(before.hasPrefix("HTTP/1.1 204 "), "\(before)")
    #expect(before.contains("Access-Control-Allow-Methods: GET, PUT\r\n"), "\(before)")
    #expect(before.contains("Access-Control-Max-Age: 60\r\n"), "\(before)")
    let first = run(ask)
    #expect(
      first.contains("Access-Control-Allow-Origin: https://a.example.com\r\n"), "\(first)")
    let foreign = run(ask.replacing("a.example.com", with: "example.com"))
    #expect(!foreign.contains("Access-Control"), "\(foreign)")
    let cookie = first.split(separator: "Set-Cookie: ").last?.prefix { $0 != ";" } ?? ""
    #expect(cookie.hasPrefix("seat="), "\(first)")
    let seats = run(
      "kubectl exec box -- sh -c 'for i in $(seq 12); do curl -s -b \"\(cookie)\" "
        + "http://'$A'/hostname; echo; done' | sort -u | wc -l")
    #expect(seats == "1\n", "\(seats)")
    let free = run(
      "kubectl exec box -- sh -c 'for i in $(seq 12); do curl -s http://'$A'/hostname; echo; done' "
        + "| sort -u | wc -l")
    #expect(free == "3\n", "\(free)")
  }

  @Test("another controller's Gateway waits for an address, and speaks as its own proxy does")
  func envoy() {
    let cluster = Self.shop(controller: "gateway.envoyproxy.io/gatewayclass-controller")
    let reason = cluster.shell.run(
      "kubectl get gateway web -o jsonpath='{.status.conditions[1].reason}'"
    ).output
    #expect(reason == "AddressNotAssigned")
    let answer = cluster.shell.run(
      """
      IP=$(kubectl -n envoy-gateway-system get svc envoy-default-web -o jsonpath='{.spec.clusterIP}')
      kubectl -n envoy-gateway-system wait --for=condition=Ready pod --all --timeout=60s >/dev/null
      kubectl exec box -- curl -si -H 'Host: shop.example.com' http://$IP/two
      """)
    #expect(answer.output.contains("server: envoy\r\n"), "\(answer)")
    #expect(answer.output.hasSuffix("two\n"))
  }

  @Test(
    "a backend that is too slow is answered for with 504, after the shorter of the two timeouts",
    arguments: [
      ("\"request\":\"1s\"", "504 1."),
      ("\"request\":\"9s\",\"backendRequest\":\"2s\"", "504 2."),
    ])
  func timeouts(_ limits: String, _ told: String) {
    let cluster = Self.shop(controller: "gateway.nginx.org/nginx-gateway-controller")
    let answer = cluster.shell.run(
      """
      kubectl create deployment slow --image=nicolaka/netshoot -- \
        socat TCP-LISTEN:80,fork,reuseaddr EXEC:'sleep 20' > /dev/null
      kubectl expose deployment slow --port=80 > /dev/null
      kubectl rollout status deploy/slow > /dev/null
      kubectl patch httproute shop --type=merge -p '{"spec":{"rules":[{"timeouts":{\(limits)},
        "backendRefs":[{"name":"slow","port":80}]}]}}' > /dev/null
      sleep 2
      A=$(kubectl get gateway web -o jsonpath='{.status.addresses[0].value}')
      kubectl exec box -- curl -s -o /dev/null -w '%{http_code} %{time_total}' \
        -H 'Host: shop.example.com' http://$A/
      """)
    #expect(answer.output.hasPrefix(told), "\(answer)")
  }

  @Test("an unknown controller's class is left alone, and wrong objects are refused")
  func refused() {
    let cluster = Self.shop(controller: "example.com/unknown")
    let classes = cluster.shell.run("kubectl get gatewayclass shop --no-headers").output
    #expect(classes.contains("example.com/unknown") && !classes.contains("True"), "\(classes)")
    #expect(!cluster.shell.run("kubectl get deploy -o name").output.contains("web"))
    let refused = cluster.shell.run(
      """
      kubectl apply -f - <<EOF
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata: {name: bad}
      spec:
        parentRefs: [{name: web}]
        rules:
        - matches: [{path: {type: PathPrefix, value: shop}}]
          backendRefs: [{name: one}]
      EOF
      """)
    #expect(refused.status == 1)
    #expect(refused.errors.contains("Must have port for Service reference"), "\(refused)")
    #expect(refused.errors.contains("value must be an absolute path and start with '/'"))
  }

  @Test("routes are refused by the rules of their kinds, in these rules' words")
  func rules() {
    let cluster = Cluster(.kubeadm, seed: 1)
    _ = cluster.shell.run("kubectl apply -f \(Self.address)")
    func apply(_ kind: String, _ spec: String) -> String {
      let answer = cluster.shell.run(
        """
        kubectl apply -f - <<'EOF'
        apiVersion: gateway.networking.k8s.io/v1
        kind: \(kind)
        metadata: {name: r}
        spec: \(spec)
        EOF
        """)
      return answer.output + answer.errors
    }
    for (kind, spec, words) in [
      (
        "HTTPRoute", "{rules: [{filters: [{type: URLRewrite}]}]}",
        "spec.rules[0].filters[0]: Invalid value: filter.urlRewrite must be specified for URLRewrite "
          + "filter.type"
      ),
      (
        "HTTPRoute",
        "{rules: [{filters: [{type: URLRewrite, urlRewrite: {hostname: a}, "
          + "requestRedirect: {port: 80}}]}]}",
        "filter.requestRedirect must be nil if the filter.type is not RequestRedirect"
      ),
      (
        "HTTPRoute",
        "{rules: [{filters: [{type: RequestRedirect, requestRedirect: {port: 80}}, {type: URLRewrite, "
          + "urlRewrite: {hostname: a}}]}]}",
        "May specify either httpRouteFilterRequestRedirect or httpRouteFilterRequestRewrite, but not both"
      ),
      (
        "HTTPRoute", "{rules: [{timeouts: {request: 1s, backendRequest: 2s}}]}",
        "backendRequest timeout cannot be longer than request timeout"
      ),
      (
        "HTTPRoute",
        "{rules: [{matches: [{path: {type: Exact, value: /a}}], filters: [{type: URLRewrite, "
          + "urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}]}]}",
        "When using URLRewrite filter with path.replacePrefixMatch, exactly one PathPrefix match must "
          + "be specified"
      ),
      (
        "HTTPRoute",
        "{rules: [{matches: [{path: {value: /a}}], filters: [{type: URLRewrite, "
          + "urlRewrite: {path: {type: ReplaceFullPath, replacePrefixMatch: /}}}]}]}",
        "replaceFullPath must be specified when type is set to 'ReplaceFullPath'"
      ),
      (
        "HTTPRoute", "{rules: [{matches: [{path: {value: /a/../b}}]}]}",
        "must not contain '/../' when type one of ['Exact', 'PathPrefix']"
      ),
      (
        "HTTPRoute", "{parentRefs: [{name: a}, {name: a}]}",
        "sectionName must be unique when parentRefs includes 2 or more references to the same parent"
      ),
      (
        "HTTPRoute",
        "{rules: [{filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: x y, "
          + "value: z}]}}]}]}", "spec.rules[0].filters[0].requestHeaderModifier.set[0].name"
      ),
      (
        "GRPCRoute", "{rules: [{matches: [{method: {type: Exact}}]}]}",
        "One or both of 'service' or 'method' must be specified"
      ),
    ] {
      let said = apply(kind, spec)
      #expect(said.contains(words), "\(said)")
    }
    let good = apply(
      "HTTPRoute",
      "{parentRefs: [{name: a, sectionName: one}, {name: a, sectionName: two}], rules: [{matches: [{path: "
        + "{value: /a}}], timeouts: {request: 2s, backendRequest: 1s}, filters: [{type: URLRewrite, "
        + "urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}], backendRefs: "
        + "[{name: b, port: 80}]}]}")
    #expect(good.contains("httproute.gateway.networking.k8s.io/r created"), "\(good)")
  }

  @Test(
    "TLS is passed through to the server that its name means, and TCP to its Service",
    arguments: [
      ("v1.4.0", "experimental", "v1alpha2", "v1beta1"), ("v1.6.1", "standard", "v1", "v1"),
    ])
  func streams(release: String, channel: String, version: String, grants: String) {
    let cluster = Cluster(.kubeadm, seed: 1)
    for program in cluster.networkPrograms { cluster.shell.add(program) }
    let made = cluster.shell.run(
      """
      kubectl apply -f \(Self.address.replacing("standard", with: channel)
        .replacing("v1.4.0", with: release)) > /dev/null
      kubectl create namespace far
      kubectl create deployment one -n far --image=hashicorp/http-echo -- /http-echo -text=one
      kubectl expose deployment one -n far --port=80 --target-port=5678
      kubectl run box --image=nicolaka/netshoot -- sleep 36000
      kubectl apply -f - <<EOF
      apiVersion: gateway.networking.k8s.io/v1
      kind: GatewayClass
      metadata: {name: shop}
      spec: {controllerName: gateway.nginx.org/nginx-gateway-controller}
      ---
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: {name: web}
      spec:
        gatewayClassName: shop
        listeners:
        - {name: tls, port: 443, protocol: TLS, tls: {mode: Passthrough}}
        - {name: raw, port: 9000, protocol: TCP}
      ---
      apiVersion: gateway.networking.k8s.io/\(version)
      kind: TLSRoute
      metadata: {name: api}
      spec:
        parentRefs: [{name: web}]
        hostnames: [kubernetes.default.svc]
        rules: [{backendRefs: [{name: kubernetes, port: 443}]}]
      ---
      apiVersion: gateway.networking.k8s.io/\(version)
      kind: TCPRoute
      metadata: {name: one}
      spec:
        parentRefs: [{name: web, sectionName: raw}]
        rules: [{backendRefs: [{name: one, namespace: far, port: 80}]}]
      ---
      apiVersion: gateway.networking.k8s.io/\(grants)
      kind: ReferenceGrant
      metadata: {name: streams, namespace: far}
      spec:
        from: [{group: gateway.networking.k8s.io, kind: TCPRoute, namespace: default}]
        to: [{group: "", kind: Service}]
      EOF
      sleep 1
      kubectl wait --for=condition=Ready pod --all -A --timeout=120s
      A=$(kubectl get gateway web -o jsonpath='{.status.addresses[0].value}')
      """)
    #expect(made.status == 0, "\(made)")
    func curl(_ words: String) -> String {
      let answer = cluster.shell.run("kubectl exec box -- curl -s \(words)")
      return answer.output + answer.errors
    }
    #expect(curl("http://$A:9000/") == "one\n")
    // The certificate is the API server's own, so the cluster's authority vouches for it.
    let secured = curl(
      "--cacert /var/run/secrets/kubernetes.io/serviceaccount/ca.crt --resolve "
        + "kubernetes.default.svc:443:$A https://kubernetes.default.svc/version")
    #expect(secured.contains("\"gitVersion\""), "\(secured)")
    #expect(curl("-k --resolve other.test:443:$A https://other.test/").contains("exit code"))
    let reason = cluster.shell.run(
      "kubectl get tlsroute api -o jsonpath='{.status.parents[0].conditions[0].reason}'"
    ).output
    #expect(reason == "Accepted")
    let trace = cluster.shell.run("trace from box to https://$A/ --host kubernetes.default.svc")
    #expect(trace.output.contains("TLSRoute default/api, at listener tls"), "\(trace)")
  }
}
