namespace Engine.Learn.Selection;

/// <summary>Samples that were chosen from a pool.</summary>
/// <param name="Indices">Their numbers in the pool, in the order of choice; none twice.</param>
/// <param name="Distances">What made each the one to choose, when it was: the method says what that is. Empty where nothing is measured.</param>
/// <param name="Rounds">Times that the pool was looked through.</param>
/// <param name="Why">Why there are not more.</param>
public sealed record SelectionResult(IReadOnlyList<int> Indices, IReadOnlyList<double> Distances, int Rounds, SelectionStop Why);
