"""The pages of an import. A step is a module; beside them what the steps share on screen."""
