/// A controller of Gateways that the model knows, and how its proxies show in a cluster.
struct GatewayProvider: Hashable, Sendable {
  /// Whose pages and headers clients see.
  enum Style: Sendable { case nginx, envoy }

  let controllerName: String
  let style: Style
  /// Where proxies run; empty is the Gateway's own namespace.
  var namespace = ""
  /// The name of Deployment and Service, with GATEWAY, CLASS and NAMESPACE in it.
  let workload: String
  let image: String
  /// Takes the Service's ClusterIP for an address where no balancer gives one.
  var usesClusterAddress = false

  func name(gateway: String, className: String, namespace: String) -> String {
    workload.replacing("GATEWAY", with: gateway).replacing("CLASS", with: className)
      .replacing("NAMESPACE", with: namespace)
  }

  /// Kourier knows Knative's Ingresses only; its Gateways are made here as the others' are.
  static let kourier = "kourier.ingress.networking.knative.dev/gateway-controller"

  static let all: [GatewayProvider] = [
    .init(
      controllerName: "gateway.nginx.org/nginx-gateway-controller", style: .nginx,
      workload: "GATEWAY-CLASS", image: "ghcr.io/nginx/nginx-gateway-fabric/nginx:2.2.1",
      usesClusterAddress: true),
    .init(
      controllerName: "gateway.envoyproxy.io/gatewayclass-controller", style: .envoy,
      namespace: "envoy-gateway-system", workload: "envoy-NAMESPACE-GATEWAY",
      image: "docker.io/envoyproxy/envoy:distroless-v1.36.2"),
    .init(
      controllerName: "istio.io/gateway-controller", style: .envoy, workload: "GATEWAY-istio",
      image: "docker.io/istio/proxyv2:1.28.0"),
    .init(
      controllerName: "io.cilium/gateway-controller", style: .envoy,
      workload: "cilium-gateway-GATEWAY", image: "quay.io/cilium/cilium-envoy:v1.34.10"),
    .init(
      controllerName: "traefik.io/gateway-controller", style: .envoy, workload: "traefik-GATEWAY",
      image: "docker.io/library/traefik:v3.6", usesClusterAddress: true),
    .init(
      controllerName: "projectcontour.io/gateway-controller", style: .envoy,
      workload: "envoy-GATEWAY", image: "docker.io/envoyproxy/envoy:v1.36.2"),
    .init(
      controllerName: "kgateway.dev/kgateway", style: .envoy, workload: "GATEWAY",
      image: "ghcr.io/kgateway-dev/envoy-wrapper:v2.1.0"),
    .init(
      controllerName: kourier, style: .envoy, namespace: Kourier.namespace,
      workload: "kourier-NAMESPACE-GATEWAY", image: "docker.io/envoyproxy/envoy:v1.36.2"),
  ]

  static func named(_ controllerName: String) -> GatewayProvider? {
    all.first { $0.controllerName == controllerName }
  }
}
