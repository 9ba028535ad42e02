import HTTPMessages

/// Refuses what a foreign web page can make a browser send: requests to a name that was made to point here, and requests
/// from another origin or site. Every part of the endpoint stands behind it.
struct RequestGuard: Sendable {
  let address: EndpointAddress

  /// - Throws: `endpoint-host-foreign`, `endpoint-origin-foreign`, `endpoint-site-foreign`.
  func admit(_ request: StreamedRequest) throws(EndpointError) {
    guard let authority = address.authority, request.values("host") == [authority] else {
      // Whoever asks has reached the port already, so that to name it tells nobody anything.
      throw EndpointError(
        EndpointError.hostForeign,
        "host is not the numeric address and port that this endpoint has"
          + (address.webOrigin.map { ": use \($0), and for apps \($0)/v1" } ?? ""))
    }
    // A request without an origin comes from no page, or from a navigation.
    let origins = request.values("origin")
    guard origins.isEmpty || origins == [address.webOrigin] else {
      throw EndpointError(EndpointError.originForeign, "origin is not this endpoint's own")
    }
    let sites = request.values("sec-fetch-site")
    // "none": a person typed the address or opened it from outside of the browser.
    guard sites.isEmpty || sites == ["same-origin"] || (sites == ["none"] && request.method == "GET") else {
      throw EndpointError(EndpointError.siteForeign, "the browser says that another site caused the request")
    }
  }
}

extension StreamedRequest {
  /// Every value of a field, by its lower-case name.
  func values(_ name: String) -> [String] { fields.lazy.filter { $0.name == name }.map(\.value) }
}
