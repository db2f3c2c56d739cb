/// The directives that nginx knows.
enum NginxDirectives {
  static let all: Set<String> = Set(
    """
    absolute_redirect accept_mutex access_log add_header add_trailer alias allow auth_basic
    auth_basic_user_file auth_request autoindex autoindex_exact_size autoindex_format
    autoindex_localtime break charset client_body_buffer_size client_body_temp_path client_body_timeout
    client_header_buffer_size client_header_timeout client_max_body_size connection_pool_size
    daemon debug_connection default_type deny directio disable_symlinks empty_gif env error_log
    error_page etag events expires fastcgi_buffers fastcgi_buffer_size fastcgi_connect_timeout
    fastcgi_index fastcgi_param fastcgi_pass fastcgi_read_timeout fastcgi_split_path_info fastcgi_temp_path geo
    grpc_pass gzip gzip_buffers gzip_comp_level gzip_disable gzip_http_version gzip_min_length
    gzip_proxied gzip_static gzip_types gzip_vary hash http http2 if if_modified_since
    ignore_invalid_headers include index internal ip_hash keepalive keepalive_requests
    keepalive_timeout large_client_header_buffers least_conn limit_conn limit_conn_zone
    limit_except limit_rate limit_req limit_req_status limit_req_zone listen load_module location
    lock_file log_format log_not_found map map_hash_bucket_size map_hash_max_size
    master_process merge_slashes mirror multi_accept open_file_cache pid port_in_redirect
    proxy_buffer_size proxy_buffering proxy_buffers proxy_busy_buffers_size proxy_cache
    proxy_cache_bypass proxy_cache_key proxy_cache_path proxy_cache_valid proxy_connect_timeout
    proxy_hide_header proxy_http_version proxy_intercept_errors proxy_next_upstream
    proxy_next_upstream_tries proxy_pass proxy_pass_header proxy_pass_request_body
    proxy_pass_request_headers proxy_read_timeout proxy_redirect proxy_request_buffering
    proxy_send_timeout proxy_set_body proxy_set_header proxy_ssl_server_name proxy_ssl_verify proxy_temp_path
    random real_ip_header real_ip_recursive reset_timedout_connection resolver resolver_timeout
    return rewrite rewrite_log root satisfy scgi_pass scgi_temp_path send_timeout sendfile server
    server_name server_name_in_redirect server_names_hash_bucket_size server_names_hash_max_size
    server_tokens set set_real_ip_from split_clients ssl_certificate ssl_certificate_key
    ssl_ciphers ssl_client_certificate ssl_dhparam ssl_ecdh_curve ssl_prefer_server_ciphers
    ssl_protocols ssl_session_cache ssl_session_tickets ssl_session_timeout ssl_stapling
    ssl_trusted_certificate ssl_verify_client ssl_verify_depth stream stub_status sub_filter
    sub_filter_once tcp_nodelay tcp_nopush timer_resolution try_files types types_hash_bucket_size
    types_hash_max_size underscores_in_headers upstream use user uwsgi_pass uwsgi_temp_path valid_referers
    variables_hash_max_size worker_connections worker_cpu_affinity worker_priority
    worker_processes worker_rlimit_nofile worker_shutdown_timeout working_directory xslt_types zone
    """.split { $0 == " " || $0 == "\n" }.map(String.init))

  /// Why nginx does not take a directive there (ngx_conf_handler), or nil.
  static func refusal(
    _ name: String, _ count: Int, _ hasBlock: Bool, in context: String
  ) -> String? {
    guard all.contains(name) else { return "unknown directive \"\(name)\"" }
    if !isAllowed(name, in: context) { return "\"\(name)\" directive is not allowed here" }
    if hasBlock, !blocks.contains(name) {
      return "directive \"\(name)\" is not terminated by \";\""
    }
    if !hasBlock, blocks.contains(name), !(name == "server" && context == "upstream") {
      return "directive \"\(name)\" has no opening \"{\""
    }
    if ["stub_status", "random"].contains(name) { return nil }
    let isWrong =
      bare.contains(name) ? count > 0 : single.contains(name) ? count != 1 : count == 0
    return isWrong && !(name == "server" && hasBlock)
      ? "invalid number of arguments in \"\(name)\" directive" : nil
  }

  private static func isAllowed(_ name: String, in context: String) -> Bool {
    if name == "include" || context == "stream" { return true }
    if context == "main" { return outermost.contains(name) || name == "error_log" }
    if context == "events" { return events.contains(name) }
    if outermost.contains(name) || events.contains(name) { return false }
    switch name {
    case "server": return ["http", "upstream", "stream"].contains(context)
    case "upstream", "map", "geo", "split_clients", "log_format", "limit_req_zone",
      "limit_conn_zone", "proxy_cache_path":
      return context == "http" || context == "stream"
    case "location": return context == "server" || context == "location"
    case "listen", "server_name": return context == "server"
    case "alias", "internal", "limit_except": return context == "location"
    case "proxy_pass": return ["location", "if", "limit_except"].contains(context)
    case "try_files", "if": return context == "server" || context == "location"
    case "return", "rewrite", "set", "break": return ["server", "location", "if"].contains(context)
    default: return true
    }
  }

  private static func words(_ text: String) -> Set<String> {
    Set(text.split { $0 == " " || $0 == "\n" }.map(String.init))
  }

  private static let outermost = words(
    """
    user worker_processes pid events http stream load_module daemon master_process env lock_file
    worker_rlimit_nofile worker_priority worker_cpu_affinity worker_shutdown_timeout
    timer_resolution working_directory
    """)
  private static let events = words(
    "worker_connections use multi_accept accept_mutex debug_connection")
  private static let blocks = words(
    "events http stream server location upstream types map geo split_clients if limit_except")
  private static let bare = words(
    "events http stream server types ip_hash least_conn internal break empty_gif")
  private static let single = words(
    """
    worker_processes worker_connections pid daemon master_process root alias default_type sendfile
    tcp_nopush tcp_nodelay autoindex client_max_body_size include proxy_pass proxy_http_version
    gzip server_tokens upstream ssl_certificate ssl_certificate_key
    """)
}
