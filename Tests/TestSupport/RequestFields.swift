public import HTTPMessages

extension WholeRequest {
  /// The same with one field of this name.
  public func with(_ name: String, _ value: String) -> WholeRequest {
    var request = without(name)
    request.fields.append(HTTPField(name, value))
    return request
  }

  public func without(_ name: String) -> WholeRequest {
    var request = self
    request.fields.removeAll { $0.name == name }
    return request
  }
}
