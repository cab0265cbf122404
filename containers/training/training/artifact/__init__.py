"""What lies beside the graph: facts for serving, MLflow's model format."""
