namespace Engine.Learn.Recording;

/// <summary>Orders of an L_pq norm, both positive.</summary>
/// <param name="P">Over samples.</param>
/// <param name="Q">Over outputs.</param>
public sealed record NormOrders(double P, double Q);
