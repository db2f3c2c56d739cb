import Testing

@testable import KubeCluster

/// What others than a Gateway's owner add to it, from objects to what a client gets.
@Suite struct GatewayAttachmentTests {
  private static func base(_ release: String, _ channel: String = "standard") -> String {
    """
    kubectl apply -f \(GatewayTests.address.replacing("standard", with: channel)
      .replacing("v1.4.0", with: release)) > /dev/null
    kubectl run box --image=nicolaka/netshoot -- sleep 36000
    kubectl apply -f - <<EOF
    apiVersion: gateway.networking.k8s.io/v1
    kind: GatewayClass
    metadata: {name: shop}
    spec: {controllerName: gateway.nginx.org/nginx-gateway-controller}
    EOF

    """
  }

  @Test(
    "a BackendTLSPolicy makes the proxy speak TLS, and only with whom the authority vouches for")
  func backendSecurity() {
    let cluster = Cluster(.kubeadm, seed: 1)
    for program in cluster.networkPrograms { cluster.shell.add(program) }
    let made = cluster.shell.run(
      Self.base("v1.5.1") + """
        kubectl apply -f - <<EOF
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: web}
        spec: {gatewayClassName: shop, listeners: [{name: http, port: 80, protocol: HTTP}]}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: api}
        spec:
          parentRefs: [{name: web}]
          rules: [{backendRefs: [{name: kubernetes, port: 443}]}]
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: BackendTLSPolicy
        metadata: {name: api}
        spec:
          targetRefs: [{group: "", kind: Service, name: kubernetes}]
          validation:
            hostname: kubernetes.default.svc
            caCertificateRefs: [{group: "", kind: ConfigMap, name: kube-root-ca.crt}]
        EOF
        sleep 1
        kubectl wait --for=condition=Ready pod --all -A --timeout=120s
        A=$(kubectl get gateway web -o jsonpath='{.status.addresses[0].value}')
        """)
    #expect(made.status == 0, "\(made)")
    func status() -> String {
      cluster.shell.run(
        "kubectl exec box -- curl -s -o /dev/null -w '%{http_code}' http://$A/version"
      )
      .output
    }
    func reasons() -> String {
      cluster.shell.run(
        "kubectl get backendtlspolicy api -o jsonpath='{.status.ancestors[*].conditions[*].reason}'"
      ).output
    }
    #expect(status() == "200")
    #expect(reasons() == "Accepted ResolvedRefs")
    let trace = cluster.shell.run("trace from box to http://$A/version").output
    #expect(
      trace.contains("over TLS with kubernetes.default.svc (BackendTLSPolicy default/api)"),
      "\(trace)")
    func patch(_ text: String) {
      _ = cluster.shell.run(
        "kubectl patch backendtlspolicy api --type=merge -p '{\"spec\":{\"validation\":\(text)}}'; sleep 1"
      )
    }
    patch(#"{"hostname":"other.example"}"#)
    #expect(status() == "502")
    patch(#"{"caCertificateRefs":[{"group":"","kind":"ConfigMap","name":"none"}]}"#)
    #expect(status() == "500")
    #expect(reasons() == "NoValidCACertificate InvalidCACertificateRef")
  }

  @Test("a team's ListenerSet serves its routes at the Gateway that lets it")
  func listenerSet() {
    let cluster = Cluster(.kubeadm, seed: 1)
    let made = cluster.shell.run(
      Self.base("v1.5.1") + """
        kubectl create namespace team
        kubectl create deployment one -n team --image=hashicorp/http-echo -- /http-echo -text=one
        kubectl expose deployment one -n team --port=80 --target-port=5678
        kubectl apply -f - <<EOF
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: web}
        spec:
          gatewayClassName: shop
          allowedListeners: {namespaces: {from: All}}
          listeners: [{name: http, port: 80, protocol: HTTP}]
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: ListenerSet
        metadata: {name: more, namespace: team}
        spec:
          parentRef: {name: web, namespace: default, kind: Gateway, group: gateway.networking.k8s.io}
          listeners: [{name: second, port: 8000, protocol: HTTP}]
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: ListenerSet
        metadata: {name: raw, namespace: team}
        spec:
          parentRef: {name: web, namespace: default, kind: Gateway, group: gateway.networking.k8s.io}
          listeners: [{name: raw, port: 80, protocol: TCP}]
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: one, namespace: team}
        spec:
          parentRefs: [{kind: ListenerSet, group: gateway.networking.k8s.io, name: more}]
          rules: [{backendRefs: [{name: one, port: 80}]}]
        EOF
        sleep 1
        kubectl wait --for=condition=Ready pod --all -A --timeout=120s
        A=$(kubectl get gateway web -o jsonpath='{.status.addresses[0].value}')
        """)
    #expect(made.status == 0, "\(made)")
    func ask(_ port: Int) -> String {
      cluster.shell.run("kubectl exec box -- curl -s http://$A:\(port)/").output
    }
    #expect(ask(8000) == "one\n")
    // A listener that is refused does not change how the port is served.
    #expect(ask(80).contains("404"))
    let table = cluster.shell.run("kubectl get lset -n team --no-headers").output
    #expect(table.split(separator: " ").prefix(3) == ["more", "True", "True"], "\(table)")
    #expect(
      cluster.shell.run("kubectl get gateway web -o jsonpath='{.status.attachedListenerSets}'")
        .output
        == "1")
  }

  @Test("a UDPRoute carries datagrams to its Service and answers back")
  func datagrams() {
    let cluster = Cluster(.kubeadm, seed: 1)
    for program in cluster.networkPrograms { cluster.shell.add(program) }
    let made = cluster.shell.run(
      Self.base("v1.4.0", "experimental") + """
        kubectl run udp --image=registry.k8s.io/e2e-test-images/agnhost:2.53 -- netexec --udp-port=8081
        kubectl expose pod udp --port=81 --target-port=8081 --protocol=UDP
        kubectl apply -f - <<EOF
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: web}
        spec:
          gatewayClassName: shop
          listeners: [{name: udp, port: 5300, protocol: UDP}, {name: http, port: 80, protocol: HTTP}]
        ---
        apiVersion: gateway.networking.k8s.io/v1alpha2
        kind: UDPRoute
        metadata: {name: udp}
        spec:
          parentRefs: [{name: web, sectionName: udp}]
          rules: [{backendRefs: [{name: udp, port: 81}]}]
        EOF
        sleep 1
        kubectl wait --for=condition=Ready pod --all -A --timeout=120s
        A=$(kubectl get gateway web -o jsonpath='{.status.addresses[0].value}')
        """)
    #expect(made.status == 0, "\(made)")
    let answer = cluster.shell.run(
      "kubectl exec box -- sh -c 'echo hostname | nc -u -w 1 '$A' 5300'"
    ).output
    #expect(answer.hasPrefix("udp"), "\(answer)")
    let trace = cluster.shell.run("trace from box to $A:5300/udp").output
    #expect(trace.contains("UDPRoute default/udp, at listener udp"), "\(trace)")
    #expect(trace.hasSuffix("it arrives\n"), "\(trace)")
  }

  @Test(
    "Kourier serves Knative's Ingresses by weight, local ones inside only, and Gateways of its class"
  )
  func kourier() {
    let cluster = Cluster(.kubeadm, seed: 1)
    let releases = "https://github.com/knative"
    let made = cluster.shell.run(
      Self.base("v1.4.0") + """
        kubectl apply -f \(releases)/serving/releases/download/knative-v1.20.0/serving-crds.yaml
        kubectl apply -f \(releases)/serving/releases/download/knative-v1.20.0/serving-core.yaml
        kubectl apply -f \(releases)-extensions/net-kourier/releases/download/knative-v1.20.0/kourier.yaml
        for app in one two; do
          kubectl create deployment $app --image=hashicorp/http-echo -- /http-echo -text=$app
          kubectl expose deployment $app --port=80 --target-port=5678
        done
        kubectl apply -f - <<EOF
        apiVersion: networking.internal.knative.dev/v1alpha1
        kind: Ingress
        metadata:
          name: hello
          annotations: {networking.knative.dev/ingress.class: kourier.ingress.networking.knative.dev}
        spec:
          httpOption: Enabled
          rules:
          - hosts: [hello.example.com]
            visibility: ExternalIP
            http:
              paths:
              - {path: /two, splits: [{serviceName: two, serviceNamespace: default, servicePort: 80, percent: 100}]}
              - path: /all
                splits:
                - {serviceName: one, serviceNamespace: default, servicePort: 80, percent: 9223372036854775807}
                - {serviceName: one, serviceNamespace: default, servicePort: 80, percent: 9223372036854775807}
              - splits:
                - {serviceName: one, serviceNamespace: default, servicePort: 80, percent: 100}
                - {serviceName: two, serviceNamespace: default, servicePort: 80, percent: 0}
          - hosts: [hello.default.svc.cluster.local]
            visibility: ClusterLocal
            http: {paths: [{splits: [{serviceName: two, serviceNamespace: default, servicePort: 80, percent: 100}]}]}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: GatewayClass
        metadata: {name: kourier}
        spec: {controllerName: kourier.ingress.networking.knative.dev/gateway-controller}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: web}
        spec: {gatewayClassName: kourier, listeners: [{name: http, port: 80, protocol: HTTP}]}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: one}
        spec: {parentRefs: [{name: web}], rules: [{backendRefs: [{name: one, port: 80}]}]}
        EOF
        sleep 1
        kubectl wait --for=condition=Ready pod --all -A --timeout=120s
        sleep 1
        """)
    #expect(made.status == 0, "\(made)")
    func curl(_ service: String, _ host: String, _ path: String = "/") -> String {
      cluster.shell.run(
        "kubectl exec box -- curl -s -w '%{http_code}' -H 'Host: \(host)' "
          + "http://\(service).kourier-system\(path)"
      ).output
    }
    #expect(curl("kourier", "hello.example.com") == "one\n200")
    #expect(curl("kourier", "hello.example.com", "/two") == "two\n200")
    #expect(curl("kourier", "hello.example.com", "/all") == "one\n200")
    #expect(curl("kourier", "hello.default.svc.cluster.local") == "404")
    #expect(curl("kourier-internal", "hello.default.svc.cluster.local") == "two\n200")
    #expect(cluster.shell.run("kubectl get king hello --no-headers").output.contains("True"))
    #expect(curl("kourier-default-web", "any") == "one\n200")
  }
}
