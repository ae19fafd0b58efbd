"""What runs in the application: the contract, the whole tutorial, the exports."""
