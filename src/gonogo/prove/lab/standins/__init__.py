"""What stands where the provider, the tool servers, the stores and the prediction endpoint stand."""
