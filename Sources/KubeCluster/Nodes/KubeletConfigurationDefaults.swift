import Documents

/// A KubeletConfiguration with what `SetDefaults_KubeletConfiguration` adds, as /configz shows it.
enum KubeletConfigurationDefaults {
  static func completed(_ config: Value) -> Value { merge(config, into: defaults) }

  /// Zero durations and numbers mean "not set" in a file.
  private static func merge(_ given: Value, into value: Value) -> Value {
    guard case .object(let members) = given, value.object != nil else {
      if given.isNull { return value }
      switch given {
      case .string("0s"), .string(""), .int(0): return value
      default: return given
      }
    }
    var merged = value
    for (name, member) in members {
      merged[name] = merge(member, into: value[name] ?? .null)
      if merged[name]?.isNull ?? false { merged[name] = member }
    }
    return merged
  }

  private static let defaults: Value = {
    let text = """
      enableServer: true
      podLogsDir: /var/log/pods
      syncFrequency: 1m0s
      fileCheckFrequency: 20s
      httpCheckFrequency: 20s
      address: 0.0.0.0
      port: 10250
      authentication:
        anonymous: {enabled: false}
        webhook: {enabled: true, cacheTTL: 2m0s}
        x509: {}
      authorization:
        mode: Webhook
        webhook: {cacheAuthorizedTTL: 5m0s, cacheUnauthorizedTTL: 30s}
      registryPullQPS: 5
      registryBurst: 10
      imagePullCredentialsVerificationPolicy: NeverVerifyPreloadedImages
      eventRecordQPS: 50
      eventBurst: 100
      enableDebuggingHandlers: true
      healthzPort: 10248
      healthzBindAddress: 127.0.0.1
      oomScoreAdj: -999
      streamingConnectionIdleTimeout: 4h0m0s
      nodeStatusUpdateFrequency: 10s
      nodeStatusReportFrequency: 5m0s
      nodeLeaseDurationSeconds: 40
      imageMinimumGCAge: 2m0s
      imageMaximumGCAge: 0s
      imageGCHighThresholdPercent: 85
      imageGCLowThresholdPercent: 80
      volumeStatsAggPeriod: 1m0s
      cgroupsPerQOS: true
      cgroupDriver: cgroupfs
      cpuManagerPolicy: none
      cpuManagerReconcilePeriod: 10s
      memoryManagerPolicy: None
      topologyManagerPolicy: none
      topologyManagerScope: container
      runtimeRequestTimeout: 2m0s
      hairpinMode: promiscuous-bridge
      maxPods: 110
      podPidsLimit: -1
      resolvConf: /etc/resolv.conf
      cpuCFSQuota: true
      cpuCFSQuotaPeriod: 100ms
      nodeStatusMaxImages: 50
      maxOpenFiles: 1000000
      contentType: application/vnd.kubernetes.protobuf
      kubeAPIQPS: 50
      kubeAPIBurst: 100
      serializeImagePulls: true
      evictionHard:
        imagefs.available: 15%
        imagefs.inodesFree: 5%
        memory.available: 100Mi
        nodefs.available: 10%
        nodefs.inodesFree: 5%
      evictionPressureTransitionPeriod: 5m0s
      mergeDefaultEvictionSettings: false
      enableControllerAttachDetach: true
      makeIPTablesUtilChains: true
      iptablesMasqueradeBit: 14
      iptablesDropBit: 15
      failSwapOn: true
      memorySwap: {}
      containerLogMaxSize: 10Mi
      containerLogMaxFiles: 5
      containerLogMaxWorkers: 1
      containerLogMonitorInterval: 10s
      configMapAndSecretChangeDetectionStrategy: Watch
      enforceNodeAllocatable: [pods]
      volumePluginDir: /usr/libexec/kubernetes/kubelet-plugins/volume/exec/
      logging:
        format: text
        flushFrequency: 5s
        verbosity: 0
      enableSystemLogHandler: true
      enableSystemLogQuery: false
      shutdownGracePeriod: 0s
      shutdownGracePeriodCriticalPods: 0s
      enableProfilingHandler: true
      enableDebugFlagsHandler: true
      seccompDefault: false
      memoryThrottlingFactor: 0.9
      registerNode: true
      localStorageCapacityIsolation: true
      """
    // The text is our own.
    return (try? YAML.parse(text)) ?? [:]
  }()
}
