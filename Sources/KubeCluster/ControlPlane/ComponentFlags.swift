/// The flags of a component's command line: `--name=value`, `--name value`, `--name`.
struct ComponentFlags {
  /// In the order given; a flag without a value is true.
  private(set) var given: [(name: String, value: String)] = []

  init(_ arguments: [String]) {
    var rest = arguments[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("-") else { continue }
      let body = word.drop { $0 == "-" }
      if let equals = body.firstIndex(of: "=") {
        given.append((String(body[..<equals]), String(body[body.index(after: equals)...])))
      } else if let next = rest.first, !next.hasPrefix("-") {
        given.append((String(body), next))
        rest.removeFirst()
      } else {
        given.append((String(body), "true"))
      }
    }
  }

  subscript(_ name: String) -> String? { given.last { $0.name == name }?.value }
  func number(_ name: String) -> Int? { self[name].flatMap { Int($0) } }
  func list(_ name: String) -> [String] {
    given.filter { $0.name == name }.flatMap { $0.value.split(separator: ",").map(String.init) }
  }

  /// The port of the first client URL that etcd listens on.
  var etcdPort: Int? { list("listen-client-urls").first.map { URLParts($0).port } }
}

/// The flags that each component knows; any other ends it.
enum KnownFlags {
  static func all(_ part: ControlPlane.Part) -> Set<String> {
    switch part {
    case .etcd: etcd
    case .apiServer: common.union(serving).union(apiServer)
    case .controllerManager: common.union(serving).union(client).union(controllerManager)
    case .scheduler: common.union(serving).union(client).union(scheduler)
    }
  }

  private static func words(_ text: String) -> Set<String> {
    Set(text.split { $0 == " " || $0 == "\n" }.map(String.init))
  }

  private static let common = words(
    """
    v vmodule version help log-flush-frequency logging-format log-text-split-stream
    log-text-info-buffer-size log-json-split-stream log-json-info-buffer-size feature-gates
    profiling contention-profiling show-hidden-metrics-for-version disabled-metrics
    allow-metric-labels allow-metric-labels-manifest emulated-version min-compatibility-version
    emulation-forward-compatible runtime-config-emulation-forward-compatible
    """)

  private static let serving = words(
    """
    bind-address secure-port cert-dir tls-cert-file tls-private-key-file tls-cipher-suites
    tls-min-version tls-sni-cert-key tls-curve-preferences http2-max-streams-per-connection
    permit-address-sharing permit-port-sharing client-ca-file requestheader-allowed-names
    requestheader-client-ca-file requestheader-extra-headers-prefix requestheader-group-headers
    requestheader-uid-headers requestheader-username-headers disable-http2-serving
    """)

  private static let client = words(
    """
    kubeconfig master authentication-kubeconfig authentication-skip-lookup
    authentication-token-webhook-cache-ttl authentication-tolerate-lookup-failure
    authorization-always-allow-paths authorization-kubeconfig
    authorization-webhook-cache-authorized-ttl authorization-webhook-cache-unauthorized-ttl
    kube-api-burst kube-api-content-type kube-api-qps leader-elect leader-elect-lease-duration
    leader-elect-renew-deadline leader-elect-resource-lock leader-elect-resource-name
    leader-elect-resource-namespace leader-elect-retry-period write-config-to config
    """)

  private static let scheduler = words("pod-max-in-unschedulable-pods-duration lock-object-name")

  private static let controllerManager = words(
    """
    allocate-node-cidrs attach-detach-reconcile-sync-period cidr-allocator-type cloud-config
    cloud-provider cloud-provider-gce-lb-src-cidrs cluster-cidr cluster-name
    cluster-signing-cert-file cluster-signing-duration cluster-signing-key-file
    cluster-signing-kube-apiserver-client-cert-file cluster-signing-kube-apiserver-client-key-file
    cluster-signing-kubelet-client-cert-file cluster-signing-kubelet-client-key-file
    cluster-signing-kubelet-serving-cert-file cluster-signing-kubelet-serving-key-file
    cluster-signing-legacy-unknown-cert-file cluster-signing-legacy-unknown-key-file
    concurrent-cron-job-syncs concurrent-daemonset-syncs concurrent-deployment-syncs
    concurrent-endpoint-syncs concurrent-ephemeralvolume-syncs concurrent-gc-syncs
    concurrent-horizontal-pod-autoscaler-syncs concurrent-job-syncs concurrent-namespace-syncs
    concurrent-rc-syncs concurrent-replicaset-syncs concurrent-resource-quota-syncs
    concurrent-service-endpoint-syncs concurrent-service-syncs concurrent-serviceaccount-token-syncs
    concurrent-statefulset-syncs concurrent-ttl-after-finished-syncs
    concurrent-validating-admission-policy-status-syncs configure-cloud-routes
    controller-start-interval controllers disable-attach-detach-reconcile-sync
    disable-force-detach-on-timeout enable-dynamic-provisioning enable-garbage-collector
    enable-hostpath-provisioner enable-leader-migration endpoint-updates-batch-period
    endpointslice-updates-batch-period external-cloud-volume-plugin flex-volume-plugin-dir
    horizontal-pod-autoscaler-cpu-initialization-period
    horizontal-pod-autoscaler-downscale-stabilization
    horizontal-pod-autoscaler-initial-readiness-delay horizontal-pod-autoscaler-sync-period
    horizontal-pod-autoscaler-tolerance large-cluster-size-threshold leader-migration-config
    legacy-service-account-token-clean-up-period max-endpoints-per-slice min-resync-period
    mirroring-concurrent-service-endpoint-syncs mirroring-endpointslice-updates-batch-period
    mirroring-max-endpoints-per-subset namespace-sync-period node-cidr-mask-size
    node-cidr-mask-size-ipv4 node-cidr-mask-size-ipv6 node-eviction-rate node-monitor-grace-period
    node-monitor-period node-startup-grace-period node-sync-period
    pv-recycler-increment-timeout-nfs pv-recycler-minimum-timeout-hostpath
    pv-recycler-minimum-timeout-nfs pv-recycler-pod-template-filepath-hostpath
    pv-recycler-pod-template-filepath-nfs pv-recycler-timeout-increment-hostpath
    pvclaimbinder-sync-period resource-quota-sync-period root-ca-file route-reconciliation-period
    secondary-node-eviction-rate service-account-private-key-file service-cluster-ip-range
    terminated-pod-gc-threshold unhealthy-zone-threshold use-service-account-credentials
    volume-host-allow-local-loopback volume-host-cidr-denylist
    concurrent-resource-claim-syncs concurrent-device-taint-eviction-syncs
    """)

  private static let apiServer = words(
    """
    advertise-address admission-control admission-control-config-file aggregator-reject-forwarding-redirects
    allow-privileged anonymous-auth api-audiences apiserver-count audit-log-batch-buffer-size
    audit-log-batch-max-size audit-log-batch-max-wait audit-log-batch-throttle-burst
    audit-log-batch-throttle-enable audit-log-batch-throttle-qps audit-log-compress
    audit-log-format audit-log-maxage audit-log-maxbackup audit-log-maxsize audit-log-mode
    audit-log-path audit-log-truncate-enabled audit-log-truncate-max-batch-size
    audit-log-truncate-max-event-size audit-log-version audit-policy-file
    audit-webhook-batch-buffer-size audit-webhook-batch-max-size audit-webhook-batch-max-wait
    audit-webhook-batch-throttle-burst audit-webhook-batch-throttle-enable
    audit-webhook-batch-throttle-qps audit-webhook-config-file audit-webhook-initial-backoff
    audit-webhook-mode audit-webhook-truncate-enabled audit-webhook-truncate-max-batch-size
    audit-webhook-truncate-max-event-size audit-webhook-version authentication-config
    authentication-token-webhook-cache-ttl authentication-token-webhook-config-file
    authentication-token-webhook-version authorization-config authorization-mode
    authorization-policy-file authorization-webhook-cache-authorized-ttl
    authorization-webhook-cache-unauthorized-ttl authorization-webhook-config-file
    authorization-webhook-version cors-allowed-origins coordinated-leadership-lease-duration
    coordinated-leadership-renew-deadline coordinated-leadership-retry-period
    debug-socket-path default-not-ready-toleration-seconds default-unreachable-toleration-seconds
    default-watch-cache-size delete-collection-workers disable-admission-plugins
    egress-selector-config-file enable-admission-plugins enable-aggregator-routing
    enable-bootstrap-token-auth enable-garbage-collector enable-logs-handler
    enable-priority-and-fairness encryption-provider-config
    encryption-provider-config-automatic-reload endpoint-reconciler-type etcd-cafile etcd-certfile
    etcd-compaction-interval etcd-count-metric-poll-period etcd-db-metric-poll-interval
    etcd-healthcheck-timeout etcd-keyfile etcd-prefix etcd-readycheck-timeout etcd-servers
    etcd-servers-overrides event-ttl external-hostname goaway-chance identity-lease-duration-seconds
    identity-lease-renew-interval-seconds kubelet-certificate-authority kubelet-client-certificate
    kubelet-client-key kubelet-port kubelet-preferred-address-types kubelet-read-only-port
    kubelet-timeout kubernetes-service-node-port lease-reuse-duration-seconds livez-grace-period
    max-connection-bytes-per-sec max-mutating-requests-inflight max-requests-inflight
    min-request-timeout oidc-ca-file oidc-client-id oidc-groups-claim oidc-groups-prefix
    oidc-issuer-url oidc-required-claim oidc-signing-algs oidc-username-claim oidc-username-prefix
    peer-advertise-ip peer-advertise-port peer-ca-file proxy-client-cert-file
    proxy-client-key-file request-timeout runtime-config service-account-extend-token-expiration
    service-account-issuer service-account-jwks-uri service-account-key-file
    service-account-lookup service-account-max-token-expiration service-account-signing-endpoint
    service-account-signing-key-file service-cluster-ip-range service-node-port-range
    shutdown-delay-duration shutdown-send-retry-after shutdown-watch-termination-grace-period
    storage-backend storage-initialization-timeout storage-media-type
    strict-transport-security-directives token-auth-file tracing-config-file watch-cache
    watch-cache-sizes target-ram-mb
    """)

  private static let etcd = words(
    """
    advertise-client-urls auth-token auto-compaction-mode auto-compaction-retention
    auto-tls backend-batch-interval backend-batch-limit cert-file cipher-suites client-cert-allowed-cn
    client-cert-allowed-hostname client-cert-auth client-crl-file compaction-batch-limit config-file
    cors data-dir discovery discovery-token discovery-endpoints election-timeout enable-grpc-gateway
    enable-pprof feature-gates force-new-cluster heartbeat-interval host-whitelist
    initial-advertise-peer-urls initial-cluster initial-cluster-state initial-cluster-token
    initial-election-tick-advance key-file listen-client-http-urls listen-client-urls
    listen-metrics-urls listen-peer-urls log-format log-level log-outputs logger max-concurrent-streams
    max-request-bytes max-snapshots max-txn-ops max-wals metrics name peer-auto-tls peer-cert-allowed-cn
    peer-cert-allowed-hostname peer-cert-file peer-client-cert-auth peer-key-file
    peer-trusted-ca-file pre-vote progress-notify-interval quota-backend-bytes snapshot-count
    strict-reconfig-check tls-max-version tls-min-version trusted-ca-file unsafe-no-fsync
    watch-progress-notify-interval wal-dir experimental-initial-corrupt-check
    experimental-watch-progress-notify-interval version help listen-client-urls v2-deprecation
    corrupt-check-time compact-hash-check-time warning-apply-duration downgrade-check-time
    snapshot-catchup-entries max-learners memory-mlock socket-reuse-port socket-reuse-address
    """)
}
