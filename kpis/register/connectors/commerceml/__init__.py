"""1C by CommerceML 2: orders that 1C delivers itself."""
